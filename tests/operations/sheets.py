"""Files as organizers send them, made in memory."""

import io
from collections.abc import Sequence

import xlsxwriter

BANK = """题库：小题库
说明：依据示例文本。

一、单项选择题

1. 一周有（　　）天。
A. 五
B. 六
C. 七
D. 八
答案：C
解析：数一数。
依据：《历书》（2020年）第一条
知识点：历法
难度：1

二、多项选择题

2. 下列属于四季的有（　　）。
A. 春
B. 夏
C. 雨
D. 冬
答案：ABD

三、判断题

3. 一年有十二个月。
答案：正确
"""


def workbook(*rows: Sequence[object]) -> bytes:
    """An .xlsx file with these rows on its one sheet."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def table(*rows: Sequence[object]) -> bytes:
    """A .csv file in UTF-8 with these rows."""
    return "\n".join(",".join(str(cell) for cell in row) for row in rows).encode()


UNITS = table(
    ("序号", "单位名称", "单位代码", "上级单位", "别名"),
    (1, "市财政局", "CZ", "", ""),
    (2, "市国库支付中心", "CZ01", "CZ", ""),
    (3, "市人力资源和社会保障局", "RS", "", "市劳动局"),
)
PEOPLE_TITLES = ("姓名", "单位", "手机", "工号")
