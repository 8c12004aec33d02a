"""查重 and 体检 of a bank: questions that ask nearly the same, and how the whole is made up."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.extensions import utc_now
from app.operations import twins as work
from app.operations.questions import ChangedMeanwhile
from app.operations.twins import Seen
from app.queries import questions, uses
from app.queries import twins as pairing
from app.queries.pages import page_of
from app.rules.balance import balance
from app.rules.invalid import Invalid
from app.rules.lint import Remark, lint
from app.rules.revisions import key_words
from app.rules.roles import Role
from app.rules.twins import marked
from app.web import access
from app.web.access import role_required
from app.web.organizer import bp
from app.web.organizer.banks import bank_or_404
from app.web.organizer.upload import page_number

PAIRS_SHOWN = 10
REMARKS_SHOWN = 50


@bp.get("/banks/<int:bank_id>/duplicates")
@role_required(Role.ORGANIZER)
def duplicates(bank_id: int) -> ResponseReturnValue:
    """The questions that ask nearly the same, side by side."""
    bank = bank_or_404(bank_id)
    found, kept = pairing.pairs(bank_id)
    page = page_of(found, page_number(), PAIRS_SHOWN)
    shown = [(pair, marked(pair.left.draft, pair.right.draft)) for pair in page.rows]
    facts = {"bank": bank, "page": page, "shown": shown, "kept": kept, "counts": questions.counts(bank_id)}
    return render_template("organizer/banks/duplicates.html", **facts, key_words=key_words)


@bp.post("/banks/<int:bank_id>/duplicates")
@role_required(Role.ORGANIZER)
def duplicates_decision(bank_id: int) -> ResponseReturnValue:
    """保留左边, 保留右边 or 都留着."""
    bank_or_404(bank_id)
    keep, left, right = request.form.get("keep", ""), _seen("left"), _seen("right")
    try:
        if keep in ("left", "right", "both") and left and right:
            flash(_decide(bank_id, keep, left, right), "info")
    except ChangedMeanwhile:
        flash("有人刚改过其中一题，没有处理。请再看一遍。", "error")
    except Invalid as error:
        flash("".join(error.messages), "error")
    page = request.form.get("page", "")
    return redirect(url_for(".duplicates", bank_id=bank_id, page=page if page.isdecimal() else None), code=303)


@bp.get("/banks/<int:bank_id>/health")
@role_required(Role.ORGANIZER)
def health(bank_id: int) -> ResponseReturnValue:
    """How the bank is made up, how often it was used, and what an editor would say of it."""
    bank, rows = bank_or_404(bank_id), questions.current(bank_id)
    drafts = [row.draft for row in rows]
    remarks = lint(drafts)
    used = uses.contests_by_number(bank_id)
    by_use = Counter(used.get(row.number, 0) for row in rows)
    gathered = _gathered(remarks)
    first = sorted(gathered[:REMARKS_SHOWN], key=lambda alike: alike[0].subject)
    return render_template(
        "organizer/banks/health.html",
        bank=bank,
        balance=balance(drafts),
        total=len(rows),
        by_use=sorted(by_use.items()),
        remarks=len(remarks),
        is_cut=len(gathered) > REMARKS_SHOWN,
        groups=[(subject, list(group)) for subject, group in groupby(first, key=lambda alike: alike[0].subject)],
        subjects=Counter(remark.subject for remark in remarks),
        counts=questions.counts(bank_id),
    )


def _gathered(remarks: Iterable[Remark]) -> list[list[Remark]]:
    """Remarks that say the same of several questions, together, in the order of their first."""
    alike: dict[tuple[str, str], list[Remark]] = {}
    for remark in remarks:
        alike.setdefault((remark.subject, remark.message), []).append(remark)
    return list(alike.values())


def _decide(bank_id: int, keep: str, left: Seen, right: Seen) -> str:
    actor, now = access.actor().user_id, utc_now()
    if keep == "both":
        work.keep_both(bank_id, left, right, actor=actor, now=now)
        return f"第{left[0]}题和第{right[0]}题都留着，以后不再提示；哪一题改了，再重新比较。"
    kept, other = (left, right) if keep == "left" else (right, left)
    taken = work.keep_one(bank_id, kept, other, actor=actor, now=now)
    added = f"，并从中补上了{'、'.join(taken)}" if taken else ""
    return f"保留第{kept[0]}题，停用第{other[0]}题{added}。"


def _seen(side: str) -> Seen | None:
    """The number and the revision of the question that stood on that side: 17-2."""
    number, _, revision = request.form.get(side, "").partition("-")
    parts = (number, revision)
    if not all(part.isascii() and part.isdigit() and len(part) < 9 for part in parts):
        return None
    return int(number), int(revision)
