"""Reading a bank file in the limited child: whatever the bytes do, the server goes on and the reader gets an answer."""

import base64
from dataclasses import asdict
from typing import Any

from app.formats.bank import read_bank, title_of
from app.formats.problem import Problem, Reading, ReadQuestion
from app.rules.question import Draft, Picture, QuestionKind
from app.sandbox import Crashed, TooLarge, TooSlow, run_limited

_TOO_LARGE = "这个文件解开后太大，没有读取。请删去图片和多余内容，或分成几个文件再上传"
_TOO_SLOW = "读这个文件用的时间太长，已停止。请分成几个文件，或把需要的内容复制到模板表格里再上传"
_BROKEN = "这个文件损坏了，读不出内容。请用 Word、Excel 或 WPS 打开后另存一份，再上传"


def read_bank_safely(content: bytes, name: str) -> Reading:
    """What `bank.read_bank` says of the file, read in a child that may die without harm. Never raises."""
    try:
        return _reading(run_limited("app.formats.bank_limited:answer", content), name)
    except TooLarge:
        return _refused(_TOO_LARGE, name)
    except TooSlow:
        return _refused(_TOO_SLOW, name)
    except Crashed:
        return _refused(_BROKEN, name)


def answer(content: bytes) -> dict[str, Any]:
    """The reading as a JSON value. Runs in the limited child."""
    reading = read_bank(content, "")
    value = asdict(reading)
    value["images"] = {sum_: base64.b64encode(image).decode() for sum_, image in reading.images.items()}
    return value


def _refused(message: str, name: str) -> Reading:
    return Reading(title_of(name), problems=(Problem(None, None, "error", message),))


def _reading(value: dict[str, Any], name: str) -> Reading:
    return Reading(
        title=value["title"] or title_of(name),
        note=value["note"],
        questions=tuple(map(_question, value["questions"])),
        problems=tuple(Problem(**problem) for problem in value["problems"]),
        recognised=tuple(value["recognised"]),
        skipped=tuple(value["skipped"]),
        images={sum_: base64.b64decode(image) for sum_, image in value["images"].items()},
    )


def _question(value: dict[str, Any]) -> ReadQuestion:
    problems = tuple(Problem(**problem) for problem in value["problems"])
    draft = draft_from(value["draft"]) if value["draft"] else None
    return ReadQuestion(**(value | {"draft": draft, "problems": problems}))


def draft_from(value: dict[str, Any]) -> Draft:
    """The draft that was written as JSON by `dataclasses.asdict`."""
    return Draft(
        **(
            value
            | {
                "kind": QuestionKind(value["kind"]),
                "options": tuple(value["options"]),
                "key": tuple(value["key"]),
                "pictures": tuple(Picture(**picture) for picture in value.get("pictures", ())),
            }
        )
    )
