"""A bank as Moodle XML, from which Moodle and `moodle_xml` read it back."""

import base64
from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from app.formats.bank_losses import lost_of_choices
from app.formats.html_text import markup_of
from app.formats.images import media_type
from app.formats.moodle_files import PLACE
from app.formats.moodle_xml import TITLE_MARK, read_moodle_xml, topic_of
from app.formats.xml_tree import allowed
from app.rules.question import Draft, Picture, QuestionKind

_LONGEST_NAME = 60
_LONGEST_TAG = 50  # Moodle cuts a tag there
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}


def write_moodle_xml(title: str, drafts: Sequence[Draft], images: Mapping[str, bytes]) -> bytes:
    """The file, UTF-8: a category for each topic, pictures inside, difficulty and source as tags.

    `images` are the pictures' bytes by checksum; one that is not there is left out. Fill-in questions are left out.
    """
    quiz = Element("quiz")
    topic = None
    for number, draft in enumerate((one for one in drafts if one.kind is not QuestionKind.FILL_IN), 1):
        if draft.topic != topic:
            topic = draft.topic
            _add_category(quiz, topic, "" if number > 1 else title)
        _add_question(quiz, number, draft, images)
    indent(quiz)
    written: bytes = tostring(quiz, encoding="utf-8", xml_declaration=True)
    return written


def lost_in_moodle_xml(drafts: Sequence[Draft]) -> tuple[str, ...]:
    """What the file cannot carry, or Moodle will not keep, one sentence for each; empty when it is nothing."""
    told = lost_of_choices(drafts, lambda kept: read_moodle_xml(write_moodle_xml("", kept, {})), "Moodle XML")
    tags = [tag for draft in drafts if draft.kind is not QuestionKind.FILL_IN for tag in _tags(draft)]
    if long := sum(len(tag) > _LONGEST_TAG for tag in tags):
        told += (f"有{long}处依据写成标签后超过{_LONGEST_TAG}字：本平台能完整读回，在Moodle里会被截短",)
    return told


def _add_category(quiz: Element, topic: str, title: str) -> None:
    category = SubElement(quiz, "question", type="category")
    _add_text(category, "category", _category(topic))
    info = _add_text(category, "info", TITLE_MARK + title if title else "")
    info.set("format", "plain_text")


def _category(topic: str) -> str:
    return "/".join(["$course$/top", *([topic.replace("/", "//")] if topic else [])])


def _add_question(quiz: Element, number: int, draft: Draft, images: Mapping[str, bytes]) -> None:
    is_judged = draft.kind is QuestionKind.TRUE_FALSE
    question = SubElement(quiz, "question", type="truefalse" if is_judged else "multichoice")
    _add_text(question, "name", " ".join(draft.stem.split())[:_LONGEST_NAME] or f"第{number}题")
    _add_shown(question, "questiontext", draft.stem, [one for one in draft.pictures if one.option is None], images)
    _add_shown(question, "generalfeedback", draft.explanation, [], images)
    SubElement(question, "defaultgrade").text = "1"
    SubElement(question, "hidden").text = "0"
    if is_judged:
        _add_truths(question, draft)
    else:
        _add_options(question, draft, images)
    tags = SubElement(question, "tags")
    for tag in _tags(draft):
        _add_text(tags, "tag", tag)


def _add_truths(question: Element, draft: Draft) -> None:
    for place, truth in enumerate(("true", "false")):
        answer = SubElement(question, "answer", fraction="100" if place in draft.key else "0")
        SubElement(answer, "text").text = truth


def _add_options(question: Element, draft: Draft, images: Mapping[str, bytes]) -> None:
    is_single = draft.kind is QuestionKind.SINGLE_CHOICE
    SubElement(question, "single").text = "true" if is_single else "false"
    SubElement(question, "shuffleanswers").text = "true"
    SubElement(question, "answernumbering").text = "ABCD"
    right = len(draft.key)
    for place, option in enumerate(draft.options):
        # choosing all options must not earn the full mark
        share = _share(right) if place in draft.key else "0" if is_single else "-" + _share(len(draft.options) - right)
        shown = [one for one in draft.pictures if one.option == place]
        _add_shown(question, "answer", option, shown, images).set("fraction", share)


def _share(count: int) -> str:
    return f"{(Decimal(100) / max(1, count)).quantize(Decimal('0.00001')).normalize():f}"


def _tags(draft: Draft) -> list[str]:
    tags = []
    if draft.kind is QuestionKind.ANY_NUMBER:
        tags.append(f"题型:{draft.kind.label}")
    if draft.difficulty is not None:
        tags.append(f"难度:{draft.difficulty}")
    if draft.source:
        tags.append(f"依据:{draft.source}")
    if topic_of(_category(draft.topic)) != draft.topic:  # it reads like one of Moodle's own names
        tags.append(f"知识点:{draft.topic}")
    return tags


def _add_text(parent: Element, name: str, text: str) -> Element:
    element = SubElement(parent, name)
    SubElement(element, "text").text = allowed(text)
    return element


def _add_shown(
    parent: Element, name: str, text: str, pictures: Sequence[Picture], images: Mapping[str, bytes]
) -> Element:
    """A text in HTML, with the pictures below it and their bytes beside it."""
    kept = [picture for picture in pictures if picture.checksum in images]
    shown = "".join(f'<img src="{PLACE}/{_name(one, images)}" alt="{escape(allowed(one.alt))}">' for one in kept)
    element = _add_text(parent, name, markup_of(text) + (f"<p>{shown}</p>" if shown else ""))
    element.set("format", "html")
    for file_name, content in {_name(one, images): images[one.checksum] for one in kept}.items():
        file = SubElement(element, "file", name=file_name, path="/", encoding="base64")
        file.text = base64.b64encode(content).decode("ascii")
    return element


def _name(picture: Picture, images: Mapping[str, bytes]) -> str:
    return f"{picture.checksum[:32]}.{_ENDINGS.get(media_type(images[picture.checksum]) or '', 'bin')}"
