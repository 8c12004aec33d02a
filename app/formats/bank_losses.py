"""What a bank loses in a form that is written out: found by reading back what was written."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from app.formats.problem import Reading
from app.rules.question import Draft, QuestionKind

_CARRIED = (
    ("题型", "kind"),
    ("题干", "stem"),
    ("选项", "options"),
    ("答案", "key"),
    ("解析", "explanation"),
    ("依据", "source"),
    ("知识点", "topic"),
    ("难度", "difficulty"),
)
_MOST_NAMED = 10


def is_same(draft: Draft, read: Draft | None) -> bool:
    """Whether a draft that was read back says all that the written one says; place and number do not count."""
    return read is not None and all(getattr(draft, name) == getattr(read, name) for _, name in _CARRIED)


def losses(
    drafts: Sequence[Draft], read_back: Sequence[Draft | None], form: str, *, orders: Iterable[int] | None = None
) -> tuple[str, ...]:
    """A sentence for each sort of loss, naming the questions by their order in `drafts`; empty when nothing is lost.

    `read_back` holds what became of each draft, None when it was not found again; `form` names the file's form.
    `orders` numbers the drafts where they are not the whole bank.
    """
    told = []
    numbers = range(1, len(drafts) + 1) if orders is None else orders
    pairs = list(zip(numbers, zip(drafts, read_back, strict=True), strict=True))
    if pictured := [order for order, (draft, _) in pairs if draft.pictures]:
        told.append(f"{named(pictured)}有图片，{form}不带图片")
    if gone := [order for order, (_, read) in pairs if read is None]:
        told.append(f"{named(gone)}写进{form}后读不回来，请改用别的格式导出")
    for column, name in _CARRIED:
        changed = [order for order, (one, read) in pairs if read and getattr(one, name) != getattr(read, name)]
        if changed:
            told.append(f"{named(changed)}的{column}在{form}里不能原样保留，再导入时会有出入")
    return tuple(told)


def lost_of_choices(
    drafts: Sequence[Draft], reread: Callable[[Sequence[Draft]], Reading], form: str
) -> tuple[str, ...]:
    """What a form loses that carries pictures but no fill-in questions, in sentences; empty when it is nothing.

    `reread` writes drafts without pictures in the form and reads them again. Questions are numbered as in `drafts`.
    """
    kept = {
        order: replace(draft, pictures=())
        for order, draft in enumerate(drafts, start=1)
        if draft.kind is not QuestionKind.FILL_IN
    }
    told = [f"{len(drafts) - len(kept)}道填空题没有写出：平台不能自动阅卷"] if len(kept) < len(drafts) else []
    written = list(kept.values())
    read = [question.draft for question in reread(written).questions]
    if len(read) > len(written):
        told.append(f"写进{form}后会多读出{len(read) - len(written)}题，再导入时请核对")
    if len(read) != len(written):
        read = _found_again(written, read)
    return (*told, *losses(written, read, form, orders=kept))


def _found_again(written: Sequence[Draft], read: Iterable[Draft | None]) -> list[Draft | None]:
    """For each draft the next one read with the same stem, None where there is none: places tell nothing here."""
    waiting: dict[str, list[Draft]] = {}
    for draft in read:
        if draft is not None:
            waiting.setdefault(draft.stem, []).append(draft)
    for alike in waiting.values():
        alike.reverse()
    return [found.pop() if (found := waiting.get(draft.stem)) else None for draft in written]


def named(orders: Iterable[int]) -> str:
    """Questions by their order: 第1、4、9题, the first ten of many."""
    listed = list(orders)
    shown = "、".join(map(str, listed[:_MOST_NAMED]))
    return f"第{shown}题" + (f"等{len(listed)}题" if len(listed) > _MOST_NAMED else "")
