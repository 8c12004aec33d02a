"""A bank as a QTI 2.2 package, from which other systems and `qti` read it back."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

from app.formats.bank_losses import lost_of_choices
from app.formats.html_text import markup_of
from app.formats.images import media_type
from app.formats.qti import read_qti
from app.formats.qti_manifest import DIFFICULTIES, KIND_MARK
from app.formats.qti_package import MANIFEST
from app.formats.xml_tree import allowed
from app.rules.question import HARDEST, Draft, QuestionKind, letter

_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_QTI = "http://www.imsglobal.org/xsd/imsqti_v2p2"
_TEMPLATE = "http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct"
_LOM = "http://ltsc.ieee.org/xsd/LOM"
_WRITTEN = (1980, 1, 1, 0, 0, 0)  # the same bank gives the same bytes


def write_qti(title: str, drafts: Sequence[Draft], images: Mapping[str, bytes]) -> bytes:
    """The package: an item for each question, pictures beside them; topic, difficulty and source in the manifest.

    `images` are the pictures' bytes by checksum; one that is not there is left out. Fill-in questions are left out.
    """
    kept = [draft for draft in drafts if draft.kind is not QuestionKind.FILL_IN]
    names = {
        picture.checksum: f"images/{picture.checksum[:32]}.{_ENDINGS.get(media_type(content) or '', 'bin')}"
        for draft in kept
        for picture in draft.pictures
        if (content := images.get(picture.checksum)) is not None
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, MANIFEST, _manifest(title, kept, names).encode())
        for number, draft in enumerate(kept, 1):
            _add(archive, _item_path(number), _item(number, draft, names).encode())
        for checksum, name in names.items():
            _add(archive, name, images[checksum])
    return packed.getvalue()


def lost_in_qti(drafts: Sequence[Draft]) -> tuple[str, ...]:
    """What the package cannot carry, one sentence for each; empty when it is nothing."""
    return lost_of_choices(drafts, lambda kept: read_qti(write_qti("", kept, {})), "QTI")


def _add(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(path, _WRITTEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _item_path(number: int) -> str:
    return f"items/q{number:05}.xml"


# --- an item


def _item(number: int, draft: Draft, names: Mapping[str, str]) -> str:
    is_multiple = draft.kind in (QuestionKind.MULTIPLE_CHOICE, QuestionKind.ANY_NUMBER)
    cardinality = "multiple" if is_multiple else "single"
    right = "".join(f"<value>{_choice_name(draft, place)}</value>" for place in draft.key)
    choices = "\n".join(_choice(draft, place, names) for place in range(len(draft.options)))
    return f"""{_HEAD}<assessmentItem xmlns="{_QTI}" identifier="q{number:05}" title="{_title(number, draft)}"
    adaptive="false" timeDependent="false">
  <responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="identifier">
    <correctResponse>{right}</correctResponse>
  </responseDeclaration>
  <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
  <outcomeDeclaration identifier="FEEDBACK" cardinality="single" baseType="identifier">
    <defaultValue><value>explanation</value></defaultValue>
  </outcomeDeclaration>
  <itemBody>
    <choiceInteraction responseIdentifier="RESPONSE" shuffle="false" maxChoices="{0 if is_multiple else 1}">
      <prompt>{_shown(draft, None, draft.stem, names)}</prompt>
{choices}
    </choiceInteraction>
  </itemBody>
  <responseProcessing template="{_TEMPLATE}"/>{_feedback(draft)}
</assessmentItem>
"""


def _choice(draft: Draft, place: int, names: Mapping[str, str]) -> str:
    shown = _shown(draft, place, draft.options[place], names)
    return f'      <simpleChoice identifier="{_choice_name(draft, place)}">{shown}</simpleChoice>'


def _choice_name(draft: Draft, place: int) -> str:
    if draft.kind is QuestionKind.TRUE_FALSE:
        return ("true", "false")[place] if place < 2 else letter(place)
    return letter(place)


def _title(number: int, draft: Draft) -> str:
    return escape(allowed(" ".join(draft.stem.split())[:60])) or f"第{number}题"


def _shown(draft: Draft, place: int | None, text: str, names: Mapping[str, str]) -> str:
    """A text as XHTML, the pictures of its place below it."""
    pictures = "".join(
        f'<br/><img src="../{names[picture.checksum]}" alt="{escape(allowed(picture.alt))}"/>'
        for picture in draft.pictures
        if picture.option == place and picture.checksum in names
    )
    return _xhtml(text) + pictures


def _xhtml(text: str) -> str:
    return markup_of(allowed(text)).replace("<br>", "<br/>")


def _feedback(draft: Draft) -> str:
    if not draft.explanation:
        return ""
    attributes = 'outcomeIdentifier="FEEDBACK" identifier="explanation" showHide="show"'
    return f"\n  <modalFeedback {attributes}>{_xhtml(draft.explanation)}</modalFeedback>"


# --- the manifest


def _manifest(title: str, drafts: Sequence[Draft], names: Mapping[str, str]) -> str:
    items = "\n".join(_resource(number, draft, names) for number, draft in enumerate(drafts, 1))
    named = f"<general><title>{_string(title)}</title></general>" if title else ""
    return f"""{_HEAD}<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="zhisai-bank">
  <metadata>
    <schema>QTIv2.2 Package</schema>
    <schemaversion>1.0.0</schemaversion>
    <lom xmlns="{_LOM}">{named}</lom>
  </metadata>
  <organizations/>
  <resources>
{items}
  </resources>
</manifest>
"""


def _resource(number: int, draft: Draft, names: Mapping[str, str]) -> str:
    path = _item_path(number)
    shown = dict.fromkeys(names[one.checksum] for one in draft.pictures if one.checksum in names)
    files = "".join(f'<file href="{name}"/>' for name in (path, *shown))
    lom = f'<metadata><lom xmlns="{_LOM}">{_lom(draft)}</lom></metadata>'
    return f'    <resource identifier="q{number:05}" type="imsqti_item_xmlv2p2" href="{path}">{lom}{files}</resource>'


def _lom(draft: Draft) -> str:
    """What LOM has a place for; the source is a relation (is based on), the topic a classification."""
    said = []
    if draft.kind is QuestionKind.ANY_NUMBER:
        said.append(f"<general><keyword>{_string(KIND_MARK + draft.kind.label)}</keyword></general>")
    if draft.difficulty is not None and 1 <= draft.difficulty <= HARDEST:
        word = DIFFICULTIES[draft.difficulty - 1]
        said.append(f"<educational><difficulty>{_value('LOMv1.0', word)}</difficulty></educational>")
    if draft.source:
        resource = f"<resource><description>{_string(draft.source)}</description></resource>"
        said.append(f"<relation><kind>{_value('LOMv1.0', 'isbasedon')}</kind>{resource}</relation>")
    if draft.topic:
        taxon = f"<taxon><entry>{_string(draft.topic)}</entry></taxon>"
        said.append(
            f"<classification><purpose>{_value('LOMv1.0', 'discipline')}</purpose><taxonPath>{taxon}</taxonPath>"
            "</classification>"
        )
    return "".join(said)


def _string(text: str) -> str:
    return f'<string language="zh-CN">{escape(allowed(text))}</string>'


def _value(source: str, value: str) -> str:
    return f"<source>{source}</source><value>{value}</value>"
