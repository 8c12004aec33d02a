"""What an uploaded bank would do: a verdict for every question, and the plan of its confirmation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.database import db
from app.formats.bank_limited import Compared, compare_bank_safely, read_bank_safely
from app.formats.bank_table import ByHand
from app.formats.problem import Problem, ReadQuestion, worst
from app.models import Import
from app.operations.banks import Prepared, Target, add_questions, find_target, prepare, storable
from app.operations.verdicts import outcome, problem_json
from app.queries import banks as questions
from app.queries import imports
from app.rules.lint import Remark, lint
from app.rules.matching import row_place
from app.rules.question import Draft, faults, fingerprints, key_texts

_MOST_TWINS = 3
_EXCERPT = 40


def check_bank(content: bytes, file_name: str) -> dict[str, Any]:
    """A bank file with the verdicts that it would get as a new bank. Writes nothing, asks no database."""
    compared = compare_bank_safely(content, file_name, ())
    return judged(compared, Target(compared.reading.title, None), questions.NOTHING_HELD)


@dataclass(frozen=True)
class Linted:
    """A bank file with an editor's remarks; `problems` are those of reading it, a file that cannot be read included."""

    title: str
    questions: int
    problems: tuple[Problem, ...]
    remarks: tuple[Remark, ...]


def lint_bank(content: bytes, file_name: str) -> Linted:
    """What a careful editor would say of a bank file. Writes nothing, asks no database."""
    reading = read_bank_safely(content, file_name)
    drafts = [question.draft for question in reading.questions if question.draft is not None]
    untold = [problem for question in reading.questions if question.draft is None for problem in question.problems]
    return Linted(reading.title, len(reading.questions), (*reading.problems, *untold), lint(drafts))


def compared_bank(
    content: bytes, file_name: str, title: str, bank_id: int | None, by_hand: ByHand | None = None
) -> tuple[Compared, Target, questions.Held]:
    """A bank file as read, the bank that it is meant for, and what that bank holds. Raises Invalid."""
    target = find_target(title, bank_id) if title or bank_id is not None else None
    in_bank = target.bank_id if target else None
    held = questions.held(in_bank) if in_bank is not None else questions.NOTHING_HELD
    compared = compare_bank_safely(content, file_name, held.texts, by_hand)
    if target is None:  # the file's own title may name a bank that is there
        target = find_target(compared.reading.title or Path(file_name).stem, None)
        if target.bank_id is not None:
            return compared_bank(content, file_name, target.title, target.bank_id, by_hand)
    return compared, target, held


def judged(compared: Compared, target: Target, held: questions.Held) -> dict[str, Any]:
    """A reading with the verdicts of the bank it is meant for, as an import keeps it for preview and confirmation."""
    reading = compared.reading
    twins = _twins(compared, held)
    seen: set[str] = set()
    rows = [_judged_row(read, held, seen, twins.get(place, [])) for place, read in enumerate(reading.questions)]
    return {
        "title": target.title,
        "bank_id": target.bank_id,
        "note": reading.note,
        "recognised": list(reading.recognised),
        "skipped": list(reading.skipped),
        "columns": list(reading.columns),
        "problems": [problem_json(p) for p in reading.problems if p.row is None],
        "rows": rows,
    }


def rejudged(row: dict[str, Any], draft: Draft, held: questions.Held) -> dict[str, Any]:
    """A row whose question somebody has corrected, with the verdict that it has earned by that."""
    problems = tuple(Problem(row["row"], f.column, f.level, f.message, row["sheet"]) for f in faults(draft))
    excerpt = " ".join(draft.stem.split())[:_EXCERPT]
    read = ReadQuestion(row["row"], row["sheet"], draft, excerpt, problems, row.get("unit", "行"))
    return _judged_row(read, held, set(), [])


@dataclass(frozen=True)
class BankPlan:
    """What confirming an uploaded bank writes."""

    prepared: tuple[Prepared, ...]
    target: Target
    note: str
    refused: int
    left_out: int
    import_id: int
    state: str
    stamp: tuple[Any, ...]

    def still_holds(self) -> bool:
        """Whether nobody has decided on a row since; numbers and sameness are looked up when it is carried out."""
        return imports.stamp(self.import_id) == self.stamp

    def carry_out(self, actor: int | None, now: datetime) -> dict[str, Any]:
        """Add the questions, inside the transaction that is open."""
        done = add_questions(
            self.prepared, self.target, self.note, actor, now, state=self.state, import_id=self.import_id
        )
        counts = outcome(added=done.added, unchanged=done.skipped, skipped=self.refused, left=self.left_out)
        made = self.target.bank_id is None
        return counts | {"bank_id": done.bank_id, "state": self.state, "made_bank": made}


def plan(import_id: int, reading: dict[str, Any], *, approve: bool, stamp: tuple[Any, ...]) -> BankPlan:
    """The plan that a kept reading makes, its rows as they stood when `stamp` was taken.

    Raises Invalid when its bank can't be used.
    """
    rows = reading["rows"]
    drafts = [Draft.from_json(row["draft"]) for row in rows if row["action"] in ("add", "skip")]
    refused = sum(1 for row in rows if row["action"] == "refuse")
    left_out = sum(1 for row in rows if row["action"] == "drop")
    target = find_target(reading["title"], reading["bank_id"])
    state = "approved" if approve else "pending"
    return BankPlan(tuple(prepare(drafts)), target, reading["note"], refused, left_out, import_id, state, stamp)


def discard_waiting(bank_id: int) -> None:
    """Throw away the previews of what was to be added to that bank, inside the transaction that is open.

    The bank goes, and its id may be given anew: no upload must find it again.
    """
    waiting = sa.update(Import).where(
        Import.kind == "bank", Import.state == "previewed", Import.reading["bank_id"].as_integer() == bank_id
    )
    db.session.execute(waiting.values(state="discarded"))


def _twins(compared: Compared, held: questions.Held) -> dict[int, list[dict[str, Any]]]:
    """For each question of a file those that say nearly the same, in the bank by number, in the file by place."""
    found: dict[int, list[dict[str, Any]]] = {}
    asked, count = compared.reading.questions, len(held.texts)
    for earlier, later, percent in compared.alike:
        twins = found.setdefault(later - count, [])
        if len(twins) >= _MOST_TWINS:
            continue
        if earlier < count:
            twins.append({"number": held.numbers[earlier], "percent": percent})
        else:
            other = asked[earlier - count]
            twins.append({"position": earlier - count, "percent": percent, "place": _place(other)})
    return found


def _place(read: ReadQuestion) -> str:
    return row_place(read.row, read.sheet, read.unit)


def _judged_row(
    read: ReadQuestion, held: questions.Held, seen: set[str], twins: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    problems = list(read.problems)
    draft = storable(read.draft) if read.draft else None
    action, twin = "refuse", None
    if draft is not None and read.verdict != "error":
        mark, stem = read.marks or fingerprints(draft)
        action = "skip" if mark in seen else "add"
        seen.add(mark)
        if (same := held.by_fingerprint.get(mark)) is not None:
            action, twin = "skip", same[0]
            problems.append(Problem(read.row, "题干", "warning", _told(same, draft), read.sheet))
        elif action == "add" and (number := held.retired.get(mark)) is not None:
            action = "drop"  # somebody has thrown it out: it comes back only when it is asked for
            problems.append(Problem(read.row, "题干", "warning", _told_retired(number), read.sheet))
        elif (number := held.by_stem.get(stem)) is not None:
            twin = number
            message = f"与题库第{number}题题干相同、选项不同，请核对是否要两道都留"
            problems.append(Problem(read.row, "题干", "warning", message, read.sheet))
        elif twins and not any(problem.column == "题干" and "相同" in problem.message for problem in problems):
            problems.append(Problem(read.row, "题干", "warning", _nearly(twins[0]), read.sheet))
    return {
        "row": read.row,
        "sheet": read.sheet,
        "unit": read.unit,
        "verdict": worst(problems),
        "action": action,
        "excerpt": read.excerpt,
        "problems": [problem_json(problem) for problem in problems],
        "draft": draft.as_json() if draft else None,
        "twin": twin,
        "twins": list(twins),
    }


def _nearly(twin: dict[str, Any]) -> str:
    where = f"题库第{twin['number']}题" if "number" in twin else twin["place"]
    return f"与{where}相近（{twin['percent']}%），请对照着看是否两题都要"


def _told_retired(number: int) -> str:
    return f"与题库第{number}题相同，那一题已经停用，先不导入；仍要用，请到题库里恢复第{number}题，或点“要导入这一题”"


def _told(same: tuple[int, frozenset[str]], draft: Draft) -> str:
    number, right = same
    stored = replace(draft, options=tuple(right), key=tuple(range(len(right))), pictures=())
    if key_texts(stored) == key_texts(replace(draft, pictures=())):
        return f"与题库第{number}题相同，不再导入"
    return f"与题库第{number}题相同，答案却不同，不再导入；请核对哪一个对"
