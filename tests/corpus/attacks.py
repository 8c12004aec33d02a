"""Banks whose every text is a piece of a web page that would run a script, in every form that is read."""

import json
from collections.abc import Mapping
from functools import cache

from app.formats.gift_writer import write_gift
from app.formats.moodle_xml_writer import write_moodle_xml
from app.formats.qti_writer import write_qti
from app.formats.table_writers import write_csv
from app.formats.text_writer import write_text
from app.formats.word_paper import write_word
from app.rules.question import Draft, QuestionKind
from tests.formats.workbooks import HEADER, workbook

ATTACK = "<img src=x-fuzz onerror=alert(1)>"
SHOWN = ATTACK.replace("<", "&lt;").replace(">", "&gt;")
_OTHERS = (
    "<script>alert(2)</script>",
    "\"'><svg onload=alert(3)>",
    "{{7*7}}{% raw %}",
    "javascript:alert(4)",
    "</title><script>",
    "<!--",
)
_FILE_NAME = f"题库'{ATTACK}"
_NONE: Mapping[str, bytes] = {}


@cache
def attacks() -> dict[str, tuple[str, bytes]]:
    """Name and bytes of a file by its form."""
    bank, title = _drafts(), f"题库{ATTACK}"
    sheet = [
        ["单选", f"{ATTACK}题一", ATTACK, *_OTHERS[:3], "A", _OTHERS[1]],
        ["单选", f"二{_OTHERS[0]}", ATTACK, "", "", "", "Z", ""],
    ]
    sheets = {ATTACK[:31]: [HEADER, *sheet], "<script>alert(5)": [HEADER, *sheet[:1]]}
    return {
        "text": (f"{_FILE_NAME}.txt", write_text(title, ATTACK, bank)),
        "csv": (f"{_FILE_NAME}.csv", write_csv(bank)),
        "xlsx": (f"{_FILE_NAME}.xlsx", workbook(sheets)),
        "columns": ("x.csv", f"{ATTACK},二{_OTHERS[2]},三,四\n{ATTACK},b,c,d\n{_OTHERS[0]},b,c,d\n".encode()),
        "word": (f"{_FILE_NAME}.docx", write_word(title, bank, with_keys=True)),
        "gift": (f"{_FILE_NAME}.gift", write_gift(title, bank)),
        "aiken": ("x.txt", f"{ATTACK}题\nA) {ATTACK}\nB) {_OTHERS[0]}\nANSWER: A\n".encode()),
        "json": (f"{_FILE_NAME}.json", _json()),
        "moodle": (f"{_FILE_NAME}.xml", write_moodle_xml(title, bank, _NONE)),
        "moodle in html": ("x.xml", _moodle()),
        "qti": (f"{_FILE_NAME}.zip", write_qti(title, bank, _NONE)),
    }  # fmt: skip


def _drafts() -> list[Draft]:
    options = (f"{ATTACK}甲", *_OTHERS)
    stem = f"{ATTACK}题一{_OTHERS[0]}（　　）。"
    told = (f"解析{ATTACK}", f"依据{ATTACK}", f"点{ATTACK}")
    first = Draft(QuestionKind.SINGLE_CHOICE, stem, options, (0,), *told)
    second = Draft(
        QuestionKind.MULTIPLE_CHOICE, f"题二{_OTHERS[1]}{ATTACK}", options, (0, 1), _OTHERS[2], _OTHERS[3], _OTHERS[0]
    )
    return [first, second]


def _json() -> bytes:
    row = {
        "question": f"题{ATTACK}{SHOWN}",
        "options": [ATTACK, _OTHERS[0]],
        "answer": ATTACK,
        "analysis": ATTACK,
        "source": ATTACK,
    }
    return json.dumps(
        {"title": ATTACK, ATTACK: 1, "questions": [row, {**row, "type": ATTACK, "tags": ATTACK, "answer": _OTHERS[1]}]}
    ).encode()


def _moodle() -> bytes:
    """What stands in the HTML of a question both as markup and as text; the text is what is shown."""
    obeyed = f"{ATTACK}<script>alert(1)</script><iframe src='javascript:alert(1)'></iframe>"
    body = f"<text><![CDATA[<p onclick='alert(1)'>题{obeyed}{SHOWN}</p>]]></text>"
    option = f"{ATTACK}{SHOWN}</b>]]></text></answer>"
    answers = "".join(
        f"<answer fraction='{share}' format='html'><text><![CDATA[<b onmouseover=alert(1)>{word}{option}"
        for share, word in ((100, "甲"), (0, "乙"))
    )
    return (
        f"<quiz><question type='multichoice'><name><text>{SHOWN}</text></name>"
        f"<questiontext format='html'>{body}</questiontext><generalfeedback format='html'>{body}</generalfeedback>"
        f"{answers}</question></quiz>"
    ).encode()
