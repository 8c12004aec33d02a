"""Empty workbooks to fill in: the forms in which banks, units and people are easiest to bring in."""

import io
from dataclasses import dataclass


@dataclass(frozen=True)
class Template:
    """One sheet: a line of advice, the header, two rows of examples. `widths` in characters, `marked` are required."""

    sheet: str
    advice: str
    columns: tuple[str, ...]
    widths: tuple[int, ...]
    marked: frozenset[str]
    examples: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


_BANK = Template(
    sheet="题库",
    advice="从第5行往下填，一题一行；第3、4行是示例，填好后请删去。红色列必填。非涉密系统，严禁填写涉密内容。",
    columns=("题型", "题干", "选项A", "选项B", "选项C", "选项D", "答案", "解析", "依据", "知识点", "难度"),
    widths=(8, 46, 20, 20, 20, 20, 8, 32, 32, 14, 6),
    marked=frozenset({"题型", "题干", "答案"}),
    examples=(
        (
            "单选", "示例：一周有（　　）天。", "五", "六", "七", "八", "C",
            "一句话说明为什么。", "写文件名、年份和条款。", "示例", "1",
        ),
        ("判断", "示例：一周有七天。", "", "", "", "", "正确", "", "", "示例", "1"),
    ),
    notes=(
        "题型填 单选、多选、不定项 或 判断。",
        "答案填选项字母，多选连着写，例如 ABD；判断题填 正确 或 错误，不填选项。",
        "选项多于四个，在“选项D”右边加“选项E”“选项F”列。",
        "解析、依据、知识点可以空着；难度填1到5的整数，也可以空着。",
        "同一题库里已经有的题不会再导入一次。",
    ),
)  # fmt: skip

_UNITS = Template(
    sheet="单位表",
    advice="从第5行往下填，一个单位一行；第3、4行是示例，填好后请删去。红色列必填。",
    columns=("序号", "单位名称", "单位代码", "上级单位", "别名"),
    widths=(8, 44, 14, 44, 30),
    marked=frozenset({"单位名称"}),
    examples=(
        ("1", "示例市财政局", "001", "", "示例财政局"),
        ("2", "示例市国库支付中心", "00101", "示例市财政局", ""),
    ),
    notes=(
        "序号就是机构序列，报表按它排；不填就按行的先后。",
        "单位代码不重复即可，再次导入时按代码认单位；没有代码就按名称认。",
        "上级单位填上级的名称或代码，没有上级就空着；上下级谁在前面都行。",
        "别名是别的叫法，多个用顿号隔开；导入人员时，写别名也认得。",
    ),
)

_PEOPLE = Template(
    sheet="人员表",
    advice="从第5行往下填，一人一行；第3、4行是示例，填好后请删去。红色列必填。不要填身份证号。",
    columns=("姓名", "单位", "手机", "工号"),
    widths=(14, 44, 16, 14),
    marked=frozenset({"姓名", "单位"}),
    examples=(
        ("示例甲", "示例市财政局", "13800000000", "G001"),
        ("示例乙", "示例市国库支付中心", "13900000000", "G002"),
    ),
    notes=(
        "单位写单位表里的名称、代码或别名，请先导入单位表。",
        "参赛者凭姓名和手机号后四位入场，没有手机的要另发账号。",
        "再次导入时按工号认人，没有工号按姓名加手机；只有姓名和单位的，会提醒核对。",
        "系统不收身份证号，有这一列也会丢弃。",
    ),
)

TEMPLATES = {"题库模板.xlsx": _BANK, "单位表模板.xlsx": _UNITS, "人员表模板.xlsx": _PEOPLE}


def write_template(name: str) -> bytes:
    """The workbook of that file name. Raises KeyError for a name that is not in TEMPLATES."""
    import xlsxwriter  # slow import, needed for downloads only

    template = TEMPLATES[name]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        face = {"font_name": "宋体", "font_size": 11, "text_wrap": True, "valign": "top"}
        text = book.add_format(face | {"num_format": "@"})  # 001 and long numbers stay as typed
        head = book.add_format(face | {"bold": True, "bottom": 1, "text_wrap": False})
        marked = book.add_format(face | {"bold": True, "bottom": 1, "font_color": "#9C1C1F", "text_wrap": False})
        quiet = book.add_format({"font_name": "宋体", "font_size": 11, "font_color": "#4E473D"})
        sheet = book.add_worksheet(template.sheet)
        for column, width in enumerate(template.widths):
            sheet.set_column(column, column, width, text)
        sheet.write_string(0, 0, template.advice, quiet)
        for column, title in enumerate(template.columns):
            sheet.write_string(1, column, title, marked if title in template.marked else head)
        for row, example in enumerate(template.examples, start=2):
            for column, value in enumerate(example):
                sheet.write_string(row, column, value, text)
        sheet.freeze_panes(2, 0)
        told = book.add_worksheet("填写说明")
        told.set_column(0, 0, 90)
        for row, note in enumerate(template.notes):
            told.write_string(row, 0, note, quiet)
    return file.getvalue()
