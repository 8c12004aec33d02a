"""Drafts that reading leaves as they are: the kind, the points or the author in a stem are taken out of it."""

from dataclasses import replace

from app.formats.bank_draft import draft_question
from app.formats.bank_losses import is_same
from app.formats.bank_pieces import Pieces
from app.rules.question import Draft, QuestionKind


def is_settled(draft: Draft) -> bool:
    """Whether a reader that finds just the pieces of the draft makes the same draft of them."""
    is_judged = draft.kind is QuestionKind.TRUE_FALSE
    pieces = Pieces(
        1,
        stem=draft.stem,
        options=[] if is_judged else list(draft.options),
        places=draft.key,
        outer_kind=draft.kind,
        are_signed=False,
        explanation=draft.explanation,
        source=draft.source,
        topic=draft.topic,
    )
    return is_same(replace(draft, difficulty=None), draft_question(pieces).draft)
