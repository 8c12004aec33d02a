"""A bank out of a table: header anywhere in the first rows, one sheet or several, options in columns or in one cell."""

import re
from collections.abc import Mapping
from typing import Any

from app.formats.bank_draft import draft_question, tell_duplicates
from app.formats.bank_pieces import Pieces, kind_named, kind_not_offered, split_number
from app.formats.columns import Header, bare, cell, column_letter, find_header, meanings
from app.formats.options_cell import options_in_one_cell
from app.formats.problem import Problem, Reading, ReadQuestion
from app.formats.table import Sheet, Table
from app.rules.question import MOST_OPTIONS, QuestionKind, letter

_TITLES = {
    "stem": "题干 题目 问题 试题 试题内容 题目内容 问题内容 题干内容 试题题干 试题题目 题目描述 题目名称 "
    "content question stem questioncontent questiontext questionstem questiontitle tigan timu",
    "key": "答案 正确答案 标准答案 参考答案 试题答案 正确选项 正确答案选项 正确项 "
    "correctanswer correctanswers answer key rightanswer correctoption correctoptions daan",
    "explanation": "解析 答案解析 试题解析 题目解析 参考解析 讲解 解释 提示 说明 analysis explanation explain jiexi",
    "kind_word": "题型 类型 试题类型 题目类型 题型名称 题类 type kind questiontype qtype typename tixing",
    "difficulty": "难度 难易度 难易程度 难度等级 难度系数 试题难度 level difficulty",
    "topic": "知识点 所属知识点 考点 标签 分类 题目分类 试题分类 知识点分类 章节 topic tag",
    "source": "依据 来源 出处 法律依据 法条依据 试题来源 题目来源 依据来源 source",
    "page": "页码",
    "number": "序号 题号 编号 no id",
    "points": "分值 分数 得分 单空分数 score points",
    "options": "选项 备选项 候选项 备选答案 选项内容 全部选项 各选项 options choices optionlist xuanxiang",
}
_MEANING_OF = {title: meaning for meaning, titles in _TITLES.items() for title in titles.split()}
_MEANING_OF["t"] = "kind_word"  # one letter, yet a title that circulates; options begin again at A
_OPTION_TITLE = re.compile(
    r"(?:选项|备选项|备选答案|候选项|选择|答案选项|答案|option|answer|o)([a-j]|10|[1-9]|[一二三四五六七八九十])"
    r"|([a-j])(?:选项|项)?"
)
_GAP_TITLE = re.compile(r"空(?:\d{1,2}|[一二三四五六七八九十])")
_LONGEST_TITLE = 12
_LONGEST_HEADING = 30
_LONGEST_SHOWN = 40
_HAN_FIGURES = "一二三四五六七八九十"
_SUM = re.compile(r"(?:合\s*计|总\s*计|小\s*计|共\s*计)\s*[:：]?")
_MOST_OF_A_SUM = 3  # cells: the word, how many questions, how many points
_COPIED = ("explanation", "source", "topic", "difficulty", "kind_word")
_OPTIONS = tuple(f"option{place}" for place in range(MOST_OPTIONS))
_TOLD = {
    "stem": "题干",
    "key": "答案",
    "explanation": "解析",
    "source": "依据",
    "topic": "知识点",
    "difficulty": "难度",
    **{name: f"选项{letter(place)}" for place, name in enumerate(_OPTIONS)},
}


# What the columns of sheets mean where somebody has said so: by the sheet's name ("" for the only one), the header's
# row from 0 and the column of each meaning.
ByHand = dict[str, dict[str, Any]]
MEANINGS = (
    "stem", "key", *_OPTIONS, "options", "kind_word", "explanation", "source", "topic", "difficulty", "number",
)  # fmt: skip


def read_bank_table(table: Table, by_hand: ByHand | None = None, *, tells_twins: bool = True) -> Reading:
    """The questions of every sheet that has a header, with a verdict for each row. Never raises.

    `by_hand` overrules what the titles of the columns seem to mean, sheet by sheet. Without `tells_twins` nobody is
    told which are alike: the table is only a part of what will be compared.
    """
    if not table.is_readable:
        return Reading(problems=table.problems)
    columns: list[dict[str, Any]] = []
    questions: list[ReadQuestion] = []
    recognised: list[str] = []
    skipped: list[str] = []
    for sheet in table.sheets:
        header = _header_by_hand(sheet, by_hand or {}) or question_header(sheet)
        columns += _understood(sheet, header, (by_hand or {}).get(sheet.name or ""))
        if sheet.hidden or header is None:
            skipped += _why_skipped(sheet)
            continue
        recognised.append(header.told(sheet.name))
        skipped += _unused(sheet, header)
        reader = _SheetReader(sheet, header)
        questions += [draft_question(pieces) for pieces in reader.read()]
        skipped += reader.skipped
    problems = list(table.problems)
    if not recognised:
        message = "没有找到表头。请在表格第一行写上列名，至少有“题干”和“答案”两列，选项写在“选项A、选项B……”各列"
        problems.append(Problem(None, None, "error", message))
    return Reading(
        questions=tuple(tell_duplicates(questions) if tells_twins else questions),
        problems=tuple(problems),
        recognised=tuple(recognised),
        skipped=tuple(skipped),
        columns=tuple(columns),
    )


def _header_by_hand(sheet: Sheet, by_hand: ByHand) -> Header | None:
    said = by_hand.get(sheet.name or "")
    if not said or "stem" not in said["columns"] or not 0 <= said["row"] < len(sheet.rows):
        return None
    row, has_titles = sheet.rows[said["row"]], said.get("has_titles", True)
    columns = {name: index for name, index in said["columns"].items() if name in MEANINGS}
    titles = {name: cell(row, index) if has_titles else "" for name, index in columns.items()}
    return Header(said["row"] if has_titles else said["row"] - 1, columns, titles)


def _unused(sheet: Sheet, header: Header) -> list[str]:
    """The columns with a title and words below it that were taken for nothing, or for something that is not kept."""
    if header.row < 0:
        return []
    kept = {index for name, index in header.columns.items() if name in MEANINGS or name == "page"}
    titled = [
        (index, title.strip())
        for index, title in enumerate(sheet.rows[header.row])
        if title.strip() and meaning_of_title(bare(title)) != "gap"
    ]
    below = sheet.rows[header.row + 1 :]
    unused = [
        f"{column_letter(index)}列“{title[:_LONGEST_SHOWN]}”"
        for index, title in titled
        if index not in kept and any(index < len(row) and row[index].strip() for row in below)
    ]
    where = f"工作表“{sheet.name}”的" if sheet.name else ""
    return [f"{where}{'、'.join(unused)}没有用到，没有读取"] if unused else []


def _understood(sheet: Sheet, header: Header | None, said: dict[str, Any] | None) -> list[dict[str, Any]]:
    """How a sheet was understood, for somebody to overrule: of one without header its first row is shown."""
    filled = (index for index, row in enumerate(sheet.rows) if sum(1 for value in row if value.strip()) > 1)
    row = said["row"] if said and header else header.row if header else next(filled, None)
    if sheet.hidden or row is None:
        return []
    titles = [value.strip()[:_LONGEST_SHOWN] for value in sheet.rows[row]]
    sample = [value.strip()[:_LONGEST_SHOWN] for value in (sheet.rows[row + 1 :] or [()])[0]]
    meanings = header.columns if header else {}
    has_titles = header is not None and header.row == row
    found = {"sheet": sheet.name or "", "row": row, "titles": titles, "sample": sample, "meanings": meanings}
    return [found | {"has_titles": has_titles}]


def question_header(sheet: Sheet) -> Header | None:
    """The header row of a sheet of questions, if it has one: a stem, and a key or options."""
    return find_header(sheet.rows, meaning_of_title, _is_enough)


def meaning_of_title(title: str) -> str | None:
    """What a column or a field of that name holds, the name already without width, case and blanks: `columns.bare`.

    stem, key, options, option0 … option9, gap, kind_word, explanation, source, topic, difficulty, number, page, points.
    """
    if meaning := _MEANING_OF.get(title):
        return meaning
    if found := _OPTION_TITLE.fullmatch(title):
        sign = found[1] or found[2]
        if sign.isdigit():
            return f"option{int(sign) - 1}"
        if sign in _HAN_FIGURES:
            return f"option{_HAN_FIGURES.index(sign)}"
        return f"option{ord(sign) - ord('a')}"
    return "gap" if _GAP_TITLE.fullmatch(title) else None


def _is_enough(columns: Mapping[str, int]) -> bool:
    options = sum(name.startswith("option") for name in columns)
    # one option alone may be a key: the row 题干 … A of a table without header
    return "stem" in columns and ("key" in columns or "gap" in columns or "options" in columns or options > 1)


def _why_skipped(sheet: Sheet) -> list[str]:
    if not any(any(value.strip() for value in row) for row in sheet.rows):
        return []
    name = f"工作表“{sheet.name}”" if sheet.name else "这张表"
    return [f"{name}是隐藏的，没有读取" if sheet.hidden else f"{name}没有找到表头（至少要有题干、答案两列），没有读取"]


class _SheetReader:
    """Walks over one sheet below its header."""

    def __init__(self, sheet: Sheet, header: Header) -> None:
        self.sheet = sheet
        self.columns = header.columns
        self.first = header.row + 1
        self.skipped: list[str] = []
        titles_above = " ".join(value for row in sheet.rows[: max(header.row, 0)] for value in row[:1])
        self._name_kind(f"{sheet.name or ''} {titles_above}")

    def read(self) -> list[Pieces]:
        found = []
        for index in range(self.first, len(self.sheet.rows)):
            row = self.sheet.rows[index]
            if not any(value.strip() for value in row) or self._is_heading(row) or self._is_sum(index, row):
                continue
            found.append(self._pieces(index, row))
        return found

    def _name_kind(self, words: str) -> None:
        self.kind = kind_named(words)
        self.not_offered = "" if self.kind else kind_not_offered(words)
        if "gap" in self.columns and not self.kind:
            self.kind = QuestionKind.FILL_IN

    def _is_heading(self, row: tuple[str, ...]) -> bool:
        """Whether the row is no question but a title or a second header in the middle of the sheet."""
        stem = self._text(row, "stem")
        if len(stem) > _LONGEST_HEADING:  # nearly every question
            return False
        if len(stem) <= _LONGEST_TITLE and _is_enough(columns := meanings(row, meaning_of_title)):
            self.columns = columns
            return True
        filled = [value.strip() for value in row if value.strip()]
        said = filled[0] if len(set(filled)) == 1 else ""
        if said and len(said) <= _LONGEST_HEADING and (kind_named(said) or kind_not_offered(said)):
            self._name_kind(said)
            return True
        return False

    def _is_sum(self, index: int, row: tuple[str, ...]) -> bool:
        """Whether the row only counts what stands above it: 合计 9题."""
        filled = [value.strip() for value in row if value.strip()]
        if len(filled) > _MOST_OF_A_SUM or not _SUM.fullmatch(filled[0]):
            return False
        where = f"工作表“{self.sheet.name}”" if self.sheet.name else ""
        self.skipped.append(f"{where}第{index + 1}行“{' '.join(filled)[:_LONGEST_SHOWN]}”不是试题，没有读取")
        return True

    def _pieces(self, index: int, row: tuple[str, ...]) -> Pieces:
        number, stem = split_number(self._text(row, "stem"))
        pieces = Pieces(
            row=index + 1,
            sheet=self.sheet.name,
            stem=stem,
            options=self._options(row),
            key=self._text(row, "key"),
            number=self._text(row, "number") or number,
            outer_kind=self.kind,
            not_offered=self.not_offered,
        )
        for name in _COPIED:
            setattr(pieces, name, self._text(row, name))
        if page := self._text(row, "page"):
            pieces.source = f"{pieces.source} {page}".strip()
        if not pieces.stem and not any(pieces.options) and not pieces.key:
            pieces.explanation = next(value.strip() for value in row if value.strip())
        self._tell_odd_cells(index, row, pieces)
        return pieces

    def _text(self, row: tuple[str, ...], meaning: str) -> str:
        column = self.columns.get(meaning)
        return "" if column is None else cell(row, column)

    def _options(self, row: tuple[str, ...]) -> list[str]:
        options = [self._text(row, name) for name in _OPTIONS]
        if any(options):
            return options
        return options_in_one_cell(self._text(row, "options"))

    def _tell_odd_cells(self, index: int, row: tuple[str, ...], pieces: Pieces) -> None:
        """Warn where the sheet kept a date or a fraction: on the screen it may read 10月1日 or 50%."""
        if not self.sheet.odd:
            return
        for meaning, column in self.columns.items():
            sort = self.sheet.odd.get((index, column))
            name = _TOLD.get(meaning)
            if not sort or not name or meaning == "difficulty":
                continue
            said = cell(row, column)
            what = "日期或时间" if sort == "date" else "小数（也可能是百分数）"
            message = f"{name}在表格里存的是{what}，读作“{said}”；若与看到的不同，请把单元格设为文本后重填"
            pieces.note(name[:2], "warning", message)
