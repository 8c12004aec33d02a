"""试题: those of a bank, found and changed many at a time; one with its history."""

from collections.abc import Sequence
from itertools import pairwise

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.extensions import utc_now
from app.operations import questions as work
from app.operations import quizzes as planning
from app.queries import banks, imports, questions, quizzes, uses
from app.queries.questions import Revision
from app.rules.invalid import Invalid
from app.rules.question import HARDEST, faults
from app.rules.revisions import Changed, changes, key_words
from app.rules.roles import Role
from app.web import access
from app.web.access import role_required
from app.web.organizer import bp
from app.web.organizer.banks import GRADED, bank_or_404
from app.web.organizer.question_filter import STATE_WORDS, WITHOUT, address, wanted
from app.web.organizer.upload import as_item, page_number

QUESTIONS_SHOWN = 20
MOVES = {"approve": work.approve, "retire": work.retire, "restore": work.restore}
# What was done, and why the others of the chosen were left as they were.
DONE = {
    "approve": ("通过审核{}题，可以被抽到了", "不在待审"),
    "retire": ("停用{}题，以后不再抽到；已经发布的竞赛不受影响", "已经停用"),
    "restore": ("恢复{}题，又可以被抽到了", "没有停用"),
    "topic": ("给{}题设了知识点", "知识点本来就是这样"),
    "difficulty": ("给{}题设了难度", "难度本来就是这样"),
}


@bp.get("/banks/<int:bank_id>")
@role_required(Role.ORGANIZER)
def bank(bank_id: int) -> ResponseReturnValue:
    """The questions of one bank, keys and all."""
    found, asked = bank_or_404(bank_id), wanted(request.args)
    page = questions.found(bank_id, asked, number=page_number(), size=QUESTIONS_SHOWN)
    return render_template(
        "organizer/banks/one.html",
        bank=found,
        page=page,
        kinds=GRADED,
        asked=address(asked),
        without=WITHOUT,
        topics=questions.topics(bank_id),
        counts=questions.counts(bank_id),
        states=STATE_WORDS,
        imports=imports.of_bank(bank_id),
    )


@bp.post("/banks/<int:bank_id>/changes")
@role_required(Role.ORGANIZER)
def bank_changes(bank_id: int) -> ResponseReturnValue:
    """Approve, retire, restore or tag the ticked questions, or all that the page's filter finds."""
    bank_or_404(bank_id)
    asked = wanted(request.form)
    everything = request.form.get("scope") == "all"
    numbers = questions.numbers(bank_id, asked) if everything else _ticked()
    action = request.form.get("action", "")
    try:
        if action in DONE:
            if not numbers:
                raise Invalid("没有勾选题。请先勾选，或选“符合条件的全部”。")
            _tell(bank_id, action, len(numbers), _change(bank_id, action, numbers))
    except Invalid as error:
        flash("".join(error.messages), "error")
    page = request.form.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 9 else 1
    return redirect(url_for(".bank", bank_id=bank_id, **address(asked, number)), code=303)


@bp.get("/banks/<int:bank_id>/questions/<int:number>")
@role_required(Role.ORGANIZER)
def question(bank_id: int, number: int) -> ResponseReturnValue:
    """One question as the candidate sees it, with key, use and history."""
    found, history = bank_or_404(bank_id), history_or_404(bank_id, number)
    asked = request.args.get("revision", "")
    shown = next((one for one in history if str(one.row.revision) == asked), history[0])
    before, after = questions.neighbours(bank_id, number)
    return render_template(
        "organizer/banks/question.html",
        bank=found,
        shown=shown,
        now=history[0],
        item=as_item(shown.row.draft, number),
        key=key_words(shown.row.draft),
        faults=faults(shown.row.draft),
        history=_steps(history),
        contests=uses.contest_titles(bank_id, number),
        facility=uses.facility(bank_id, number),
        before=before,
        after=after,
        states=STATE_WORDS,
    )


@bp.post("/banks/<int:bank_id>/questions/<int:number>/state")
@role_required(Role.ORGANIZER)
def question_state(bank_id: int, number: int) -> ResponseReturnValue:
    """通过审核, 停用 or 恢复 for one question."""
    bank_or_404(bank_id)
    history_or_404(bank_id, number)
    move = MOVES.get(request.form.get("move", ""))
    try:
        if move is not None:
            done = move(bank_id, [number], actor=access.actor().user_id, now=utc_now())
            _tell(bank_id, request.form["move"], 1, done)
    except Invalid as error:
        flash("".join(error.messages), "error")
    return redirect(url_for(".question", bank_id=bank_id, number=number), code=303)


def history_or_404(bank_id: int, number: int) -> list[Revision]:
    """All revisions of that question, the newest first."""
    return questions.history(bank_id, number) or abort(404)


def _steps(history: Sequence[Revision]) -> list[tuple[Revision, tuple[Changed, ...]]]:
    """Each revision with what it changed of the one before; nothing for the first."""
    drafts = [revision.row.draft for revision in history]
    told = [changes(before, after) for after, before in pairwise(drafts)]
    return list(zip(history, [*told, ()], strict=True))


def _ticked() -> list[int]:
    """The numbers that were ticked on the page."""
    said = request.form.getlist("number")
    return [int(number) for number in said if number.isascii() and number.isdigit() and len(number) < 9]


def _change(bank_id: int, action: str, numbers: Sequence[int]) -> int:
    actor, now = access.actor().user_id, utc_now()
    if action in MOVES:
        return MOVES[action](bank_id, numbers, actor=actor, now=now)
    if action == "topic":
        return work.tag(bank_id, numbers, topic=request.form.get("new_topic", ""), actor=actor, now=now)
    level = request.form.get("new_difficulty", "")
    if level not in map(str, range(1, HARDEST + 1)):
        raise Invalid("请先选难度，再点“设难度”。")
    return work.tag(bank_id, numbers, difficulty=int(level), actor=actor, now=now)


def _tell(bank_id: int, action: str, asked: int, done: int) -> None:
    """Say how many changed, why the others did not, and which quizzes now lack questions."""
    said, reason = DONE[action]
    others = f"{asked - done}题{reason}，没有动。" if asked > done else ""
    flash(f"{'已' + said.format(done) + '。' if done else ''}{others}", "info")
    if not done or action in ("approve", "restore"):
        return
    spread = banks.spread(bank_id)
    for quiz in quizzes.listed():
        if quiz.bank_id == bank_id and (short := planning.too_few(quiz.terms.spec.sections, spread)):
            flash(f"试卷方案“{quiz.title}”现在组不成卷：{''.join(short)}", "error")
