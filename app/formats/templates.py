"""Empty workbooks to fill in: the forms in which banks, units and people are easiest to bring in."""

import io
from dataclasses import dataclass

from app.rules.question import QuestionKind

ROWS = 20_000  # as many as are read


@dataclass(frozen=True)
class Column:
    """A column to fill in: `told` is shown beside a cell that is selected; `choices` become a list to pick from."""

    title: str
    width: int
    told: str = ""
    is_required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Template:
    """One sheet: a line of advice, the header, rows of examples."""

    sheet: str
    advice: str
    columns: tuple[Column, ...]
    examples: tuple[tuple[str, ...], ...]


_GRADED = tuple(kind.label for kind in QuestionKind if kind is not QuestionKind.FILL_IN)
_BANK = Template(
    sheet="题库",
    advice="从第5行往下填，一题一行；第3、4行是示例，请删去。红色的列必填。非涉密系统，严禁填写涉密内容。",
    columns=(
        Column("题型", 8, "填单选、多选、不定项或判断。", True, _GRADED),
        Column("题干", 46, "选择题把要填的地方写成（　　）。", True),
        Column("选项A", 20, "选项不写字母，直接写内容；判断题的选项都空着。"),
        Column("选项B", 20),
        Column("选项C", 20),
        Column("选项D", 20, "不止四个选项的，在右边插入“选项E”“选项F”列。"),
        Column("答案", 8, "填选项字母，多选连着写，例如ABD；判断题填正确或错误。", True),
        Column("解析", 32, "可以空着。写上的话，公布答案时参赛者能看到。"),
        Column("依据", 32, "可以空着。写文件名、年份和条款。"),
        Column("知识点", 14, "可以空着。"),
        Column("难度", 6, "可以空着，或填1到5的整数，5最难。"),
    ),
    examples=(
        (
            "单选", "示例：一周有（　　）天。", "五", "六", "七", "八", "C",
            "一句话说明为什么。", "文件名、年份、条款。", "示例", "1",
        ),
        ("判断", "示例：一周有七天。", "", "", "", "", "正确", "", "", "示例", "1"),
    ),
)  # fmt: skip

_UNITS = Template(
    sheet="单位表",
    advice="从第5行往下填，一个单位一行；第3、4行是示例，请删去。红色的列必填。",
    columns=(
        Column("序号", 8, "就是机构序列，报表按它排；不填按行的先后。"),
        Column("单位名称", 44, "写全称，报表上就这样印。", True),
        Column("单位代码", 14, "可以空着。有代码的，再次导入时按代码认单位，改了名也认得。"),
        Column("上级单位", 44, "上级的名称或代码，没有上级就空着；上下级谁在前面都行。"),
        Column("别名", 30, "别的叫法，用顿号隔开；导入人员时写别名也认得。"),
    ),
    examples=(
        ("1", "示例市财政局", "001", "", "示例财政局"),
        ("2", "示例市国库支付中心", "00101", "示例市财政局", ""),
    ),
)

_PEOPLE = Template(
    sheet="人员表",
    advice="从第5行往下填，一人一行；第3、4行是示例，请删去。红色的列必填。不要填身份证号。",
    columns=(
        Column("姓名", 14, "", True),
        Column("单位", 44, "单位表里的名称、代码或别名。请先导入单位表。", True),
        Column("手机", 16, "参赛者凭姓名和手机号后四位入场，请尽量填写。"),
        Column("工号", 14, "可以空着。有工号的，再次导入时按工号认人，换了单位、手机也认得。"),
    ),
    examples=(
        ("示例甲", "示例市财政局", "13800000000", "G001"),
        ("示例乙", "示例市国库支付中心", "13900000000", "G002"),
    ),
)

TEMPLATES = {"题库模板.xlsx": _BANK, "单位表模板.xlsx": _UNITS, "人员表模板.xlsx": _PEOPLE}


def write_template(name: str) -> bytes:
    """The workbook of that file name. Raises KeyError for a name that is not in TEMPLATES."""
    import xlsxwriter  # slow import, needed for downloads only

    template = TEMPLATES[name]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        face = {"font_name": "宋体", "font_size": 11, "valign": "top"}
        text = book.add_format(face | {"text_wrap": True, "num_format": "@"})  # 001 and long numbers stay as typed
        head = book.add_format(face | {"bold": True, "bottom": 1})
        required = book.add_format(face | {"bold": True, "bottom": 1, "font_color": "#9C1C1F"})
        sheet = book.add_worksheet(template.sheet)
        sheet.write_string(0, 0, template.advice, book.add_format(face))
        for place, column in enumerate(template.columns):
            sheet.set_column(place, place, column.width, text)
            sheet.write_string(1, place, column.title, required if column.is_required else head)
            if column.told:
                sheet.data_validation(2, place, ROWS, place, _prompt(column))
        for row, example in enumerate(template.examples, start=2):
            for place, value in enumerate(example):
                sheet.write_string(row, place, value, text)
        sheet.freeze_panes(2, 0)
    return file.getvalue()


def _prompt(column: Column) -> dict[str, object]:
    told: dict[str, object] = {"input_title": column.title, "input_message": column.told, "error_type": "warning"}
    return told | ({"validate": "list", "source": list(column.choices)} if column.choices else {"validate": "any"})
