"""What a bank loses in a form that is written out: found by reading back what was written."""

from collections.abc import Iterable, Sequence

from app.rules.question import Draft

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


def losses(drafts: Sequence[Draft], read_back: Sequence[Draft | None], form: str) -> tuple[str, ...]:
    """A sentence for each sort of loss, naming the questions by their order in `drafts`; empty when nothing is lost.

    `read_back` holds what became of each draft, None when it was not found again; `form` names the file's form.
    """
    told = []
    pairs = list(enumerate(zip(drafts, read_back, strict=True), start=1))
    if pictured := [order for order, (draft, _) in pairs if draft.pictures]:
        told.append(f"{named(pictured)}有图片，{form}不带图片")
    if gone := [order for order, (_, read) in pairs if read is None]:
        told.append(f"{named(gone)}写进{form}后读不回来，请改用别的格式导出")
    for column, name in _CARRIED:
        changed = [order for order, (one, read) in pairs if read and getattr(one, name) != getattr(read, name)]
        if changed:
            told.append(f"{named(changed)}的{column}在{form}里不能原样保留，再导入时会有出入")
    return tuple(told)


def named(orders: Iterable[int]) -> str:
    """Questions by their order: 第1、4、9题, the first ten of many."""
    listed = list(orders)
    shown = "、".join(map(str, listed[:_MOST_NAMED]))
    return f"第{shown}题" + (f"等{len(listed)}题" if len(listed) > _MOST_NAMED else "")
