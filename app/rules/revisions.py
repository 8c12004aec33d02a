"""What one revision of a question changes of another, and what a question can take over from its twin."""

from dataclasses import dataclass, replace

from app.rules.question import Draft, QuestionKind, letter


@dataclass(frozen=True)
class Changed:
    """One column that differs, in words as a reader sees them; empty when there was or is nothing."""

    column: str
    before: str
    after: str


def changes(before: Draft, after: Draft) -> tuple[Changed, ...]:
    """Every column in which two revisions differ, in the order of the form."""
    said, says = _columns(before), _columns(after)
    return tuple(Changed(name, said[name], says[name]) for name in said if said[name] != says[name])


def filled_up(kept: Draft, other: Draft) -> Draft:
    """The kept question with the explanation, source, topic and difficulty of the other where it has none."""
    return replace(
        kept,
        explanation=kept.explanation or other.explanation,
        source=kept.source or other.source,
        topic=kept.topic or other.topic,
        difficulty=kept.difficulty if kept.difficulty is not None else other.difficulty,
    )


def key_words(draft: Draft) -> str:
    """The key as people say it: ACD, or 正确; empty without one."""
    if draft.kind is QuestionKind.TRUE_FALSE:
        return "、".join(draft.options[place] for place in draft.key if place < len(draft.options))
    return "".join(map(letter, draft.key))


def _columns(draft: Draft) -> dict[str, str]:
    places = ["题干" if picture.option is None else f"选项{letter(picture.option)}" for picture in draft.pictures]
    shown = [f"{place}：{p.alt or p.checksum[:8]}" for place, p in zip(places, draft.pictures, strict=True)]
    return {
        "题型": draft.kind.label,
        "题干": draft.stem,
        "选项": "\n".join(f"{letter(place)}. {option}" for place, option in enumerate(draft.options)),
        "答案": key_words(draft),
        "解析": draft.explanation,
        "依据": draft.source,
        "知识点": draft.topic,
        "难度": str(draft.difficulty or ""),
        "配图": "\n".join(shown),
    }
