"""A bank out of a Word document (.docx), from Word or WPS: the text as it is seen, its tables and its pictures."""

from collections import Counter

from app.formats.problem import Problem, Reading
from app.formats.word_blocks import Blocks
from app.formats.word_gathering import gathered
from app.formats.word_items import Item
from app.formats.word_package import BROKEN, UNREADABLE, WordPackage, is_word, open_package
from app.formats.word_pictures import Album
from app.formats.word_runs import MARKED
from app.formats.word_xml import NOT_WELL_FORMED, TooMuch

_MOST_LINES = 200_000
_TOO_MUCH = "这个Word文档太长，或表格、嵌套太多，没有读取。请分成几个文件，或把试题复制到新文档里再上传"
_MOST_NAMED = 5


def looks_like(content: bytes) -> bool:
    """Whether the bytes are a Word document with zipped XML inside; the older .doc is none."""
    return is_word(content)


def read_word(content: bytes) -> Reading:
    """The questions of a document with a verdict for each. Never raises.

    Row numbers are paragraphs (段), counted from 1 through the whole document: empty ones count, and so do those in
    tables and text boxes. Questions in a table with a header row are told by their row in it (表1!第2行).
    """
    package = open_package(content)
    if isinstance(package, str):
        return _refused(package)
    blocks = Blocks(package)
    try:
        items = _items(package, blocks)
    except TooMuch:
        return _refused(_TOO_MUCH)
    except (*NOT_WELL_FORMED, *UNREADABLE):
        return _refused(BROKEN)
    album = Album(package, blocks.sightings)
    reading = gathered(items, album)
    return Reading(
        reading.title,
        reading.note,
        reading.questions,
        (*reading.problems, *_problems(blocks, album), *_unread_marks(reading, blocks)),
        reading.recognised,
        (*reading.skipped, *_skipped(blocks.runs.counted)),
        reading.images,
    )


def _items(package: WordPackage, blocks: Blocks) -> list[Item]:
    items: list[Item] = []
    for block in package.blocks():
        items += blocks.items(block)
        if len(items) > _MOST_LINES:
            raise TooMuch
    return items


def _refused(message: str) -> Reading:
    return Reading(problems=(Problem(None, None, "error", message),))


def _problems(blocks: Blocks, album: Album) -> list[Problem]:
    found = []
    if left := album.left_over():
        named = "、".join(f"第{paragraph}段" for paragraph in left[:_MOST_NAMED]) + (
            "等处" if len(left) > _MOST_NAMED else ""
        )
        found.append(f"{named}的图片不在可导入的题干或选项里，没有导入；如有需要，请把图片移到题干下面或选项里再上传")
    if beyond := blocks.sightings.beyond:
        found.append(f"图片太多，后面的{beyond}张没有导入；请分成几个文件再上传")
    if hidden := blocks.runs.counted["隐藏文字"]:
        found.append(f"文档里有{hidden}处隐藏文字，已一并读取，请核对；不需要的请删去后再上传")
    return [Problem(None, None, "warning", message) for message in found]


def _unread_marks(reading: Reading, blocks: Blocks) -> list[Problem]:
    """Where keys are missing and words are set off, the one is probably meant by the other."""
    without = sum(1 for question in reading.questions if question.draft is not None and not question.draft.key)
    if not without or not blocks.runs.counted[MARKED]:
        return []
    message = (
        f"有{without}题没有答案。文档里有文字用颜色、加粗或底色标出，如果标的是答案：这里不看颜色和粗细，"
        "请在每题选项下面另写一行，如“答案：B”，再上传；题不多时，也可以在预览里逐题勾选"
    )
    return [Problem(None, None, "warning", message)]


def _skipped(counted: Counter[str]) -> list[str]:
    told = []
    for what in ("脚注", "尾注", "批注", "图形", "嵌入的其他文档"):
        if count := counted[what]:
            remark = "（如线条、形状、图表）" if what == "图形" else ""
            told.append(f"{what}{remark}{count}处，没有读取")
    if counted["目录"]:
        told.append("目录，没有读取")
    return told
