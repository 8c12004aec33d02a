"""Reading a bank file in the limited child: whatever the bytes do, the server goes on and the reader gets an answer."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.formats.bank import read_bank, title_of
from app.formats.bank_table import ByHand
from app.formats.problem import Problem, Reading, ReadQuestion
from app.rules.likeness import Alike, nearly_alike
from app.rules.question import Draft, Fingerprints, asked_text
from app.sandbox import Crashed, TooLarge, TooSlow, run_limited

NEARLY_ALIKE = 70
_TOO_LARGE = "这个文件解开后太大，或者在离正文很远的地方有零星内容，没有读取。请把需要的内容复制到新文件里再上传"
_TOO_SLOW = "读这个文件用的时间太长，已停止。请分成几个文件，或把需要的内容复制到模板表格里再上传"
_BROKEN = "这个文件损坏了，读不出内容。请用 Word、Excel 或 WPS 打开后另存一份，再上传"


@dataclass(frozen=True)
class Compared:
    """A bank as read, and which of its questions say nearly the same as another one.

    The places in `alike` count the texts of the bank that it was compared with first, then the questions as read.
    """

    reading: Reading
    alike: tuple[Alike, ...] = ()


def read_bank_safely(content: bytes, name: str) -> Reading:
    """What `bank.read_bank` says of the file, read in a child that may die without harm. Never raises."""
    return compare_bank_safely(content, name, ()).reading


def compare_bank_safely(content: bytes, name: str, held: Sequence[str], by_hand: ByHand | None = None) -> Compared:
    """The same, compared within itself and with the texts of the questions that a bank holds. Never raises."""
    header = json.dumps({"held": list(held), "by_hand": by_hand}, ensure_ascii=False).encode()
    try:
        return _compared(run_limited("app.formats.bank_limited:answer", header + b"\n" + content), name)
    except TooLarge:
        return _refused(_TOO_LARGE, name)
    except TooSlow:
        return _refused(_TOO_SLOW, name)
    except Crashed:
        return _refused(_BROKEN, name)


def answer(payload: bytes) -> dict[str, Any]:
    """The reading and its likenesses as a JSON value. Runs in the limited child."""
    header, _, content = payload.partition(b"\n")
    asked = json.loads(header)
    reading = read_bank(content, "", asked["by_hand"])
    value = vars(reading) | {
        "questions": list(map(_question_json, reading.questions)),
        "problems": [vars(problem) for problem in reading.problems],
        "images": {sum_: base64.b64encode(image).decode() for sum_, image in reading.images.items()},
    }
    texts = [*asked["held"], *(asked_text(q.draft) if q.draft else "" for q in reading.questions)]
    likenesses = nearly_alike(texts, NEARLY_ALIKE)
    return {"reading": value, "alike": [pair for pair in likenesses if pair.later >= len(asked["held"])]}


def _refused(message: str, name: str) -> Compared:
    return Compared(Reading(title_of(name), problems=(Problem(None, None, "error", message),)))


def _compared(value: dict[str, Any], name: str) -> Compared:
    read = value["reading"]
    reading = Reading(
        title=read["title"] or title_of(name),
        note=read["note"],
        questions=tuple(map(_question, read["questions"])),
        problems=tuple(Problem(**problem) for problem in read["problems"]),
        recognised=tuple(read["recognised"]),
        skipped=tuple(read["skipped"]),
        images={sum_: base64.b64decode(image) for sum_, image in read["images"].items()},
        columns=tuple(read["columns"]),
    )
    return Compared(reading, tuple(Alike(*pair) for pair in value["alike"]))


def _question_json(read: ReadQuestion) -> dict[str, Any]:
    # field by field: `dataclasses.asdict` costs as much as all the reading
    problems = [vars(problem) for problem in read.problems]
    return vars(read) | {"draft": read.draft.as_json() if read.draft else None, "problems": problems}


def _question(value: dict[str, Any]) -> ReadQuestion:
    problems = tuple(Problem(**problem) for problem in value["problems"])
    draft = Draft.from_json(value["draft"]) if value["draft"] else None
    marks = Fingerprints(*value["marks"]) if value["marks"] else None
    return ReadQuestion(**(value | {"draft": draft, "problems": problems, "marks": marks}))
