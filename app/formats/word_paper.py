"""A print-ready paper in Word: title, sections by kind, questions with their options; with keys it reads back."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from app.formats.bank_losses import losses, named
from app.formats.word_paper_text import (
    Part,
    Placed,
    by_number,
    in_sections,
    parts,
    sections,
    spelled,
    title_line,
)
from app.formats.word_pictures import SEEN_ONLY
from app.formats.xml_tree import allowed
from app.rules.question import Draft, Picture

if TYPE_CHECKING:
    from app.formats.word_sheet import WordSheet

_HEAD = "单位：____________________　姓名：______________　得分：__________"
_NO_IMAGES: Mapping[str, bytes] = {}


def write_word(
    title: str, drafts: Sequence[Draft], *, with_keys: bool, images: Mapping[str, bytes] = _NO_IMAGES
) -> bytes:
    """A .docx on A4 with these questions, one kind after another; `images` are bytes by checksum.

    With keys each question is followed by 答案, 解析, 依据, 知识点, 难度, and `word.read_word` gives the same questions
    back. Without keys there is a line for name and unit, and a bracket behind statements to be judged.
    """
    from app.formats.word_sheet import WordSheet  # slow import: python-docx

    placed = in_sections(drafts)
    sheet = WordSheet(allowed(title))
    sheet.add("title", allowed(title_line(title) if with_keys else title))
    if not with_keys:
        sheet.add("head", _HEAD)
    for heading, questions in sections(spelled(placed) if with_keys else placed):
        sheet.add("heading", heading, keep=True)
        for question in questions:
            _add_question(sheet, question, with_keys, images)
    return sheet.saved()


def lost_in_word(drafts: Sequence[Draft], images: Mapping[str, bytes] = _NO_IMAGES) -> tuple[str, ...]:
    """What a paper with keys cannot carry of these questions, in sentences; empty when it carries everything."""
    from app.formats.word_sheet import can_show  # slow import: python-docx

    questions = spelled(in_sections(drafts))
    found = by_number(questions)
    read = {question.order: found.get(question.number) for question in questions}
    bare = [Draft(**{**vars(draft), "pictures": ()}) for draft in drafts]
    told = list(losses(bare, [read[order] for order in range(len(drafts))], "Word文档"))
    shown = {checksum: can_show(content) for checksum, content in images.items()}
    lacking = [
        order
        for order, draft in enumerate(drafts, start=1)
        if not all(shown.get(picture.checksum) for picture in draft.pictures)
    ]
    if lacking:
        told.append(f"{named(lacking)}有图片不能放进Word文档，请在文档里手工补上")
    return tuple(told)


def _add_question(sheet: "WordSheet", question: Placed, with_keys: bool, images: Mapping[str, bytes]) -> None:
    """The paragraphs of one question; stem, options and key stay on one page, an explanation may go on overleaf."""
    found = parts(question, with_keys=with_keys)
    pictures = [picture for picture in question.draft.pictures if picture.checksum in images]
    of_stem = [picture for picture in pictures if picture.option is None]
    last_held = max(place for place, part in enumerate(found) if place == 0 or part.sort != "field" or part.is_key)
    for place, part in enumerate(found):
        is_last = place >= last_held
        with_own = [picture for picture in pictures if picture.option is not None and picture.option in part.places]
        _add_part(sheet, part, with_own, images, keep=not is_last or (part.sort == "stem" and bool(of_stem)))
        if part.sort == "stem":
            for picture in of_stem:
                sheet.add("picture", "", keep=not is_last)
                sheet.draw(images[picture.checksum], picture.alt, is_small=False)


def _add_part(
    sheet: "WordSheet", part: Part, pictures: list[Picture], images: Mapping[str, bytes], *, keep: bool
) -> None:
    style = part.sort if part.sort != "options" or len(part.places) < 2 else "pair"
    text = allowed(part.text)
    if pictures and text.endswith(SEEN_ONLY):
        text = text.removesuffix(SEEN_ONLY)  # the picture itself is there
    sheet.add(style, text, keep=keep)
    for picture in pictures:
        sheet.draw(images[picture.checksum], picture.alt, is_small=True)
