"""From the pieces of a question to a draft with its problems; kind, options and key settled together."""

import unicodedata
from dataclasses import replace

from app.formats.bank_key import read_key, read_truth
from app.formats.bank_pieces import Pieces, clean, kind_named, kind_not_offered
from app.formats.problem import Problem, ReadQuestion
from app.rules.matching import row_place
from app.rules.question import (
    HARDEST,
    TRUE_FALSE_OPTIONS,
    Draft,
    QuestionKind,
    faults,
    fingerprints,
    key_texts,
    tidy,
)

_EXCERPT_LENGTH = 40
_DIFFICULTY_WORDS = (
    ("易", 1), ("容易", 1), ("简单", 1), ("低", 1), ("较易", 2), ("较容易", 2),
    ("中", 3), ("中等", 3), ("一般", 3), ("适中", 3), ("普通", 3),
    ("较难", 4), ("难", 5), ("困难", 5), ("很难", 5), ("极难", 5), ("高", 5),
)  # fmt: skip

_Choice = tuple[QuestionKind, tuple[str, ...], tuple[int, ...]]


def draft_question(pieces: Pieces) -> ReadQuestion:
    """The question with every problem it has; its draft is None when it is too broken to be shown."""
    clean(pieces)
    if refusal := _why_no_draft(pieces):
        column, message = refusal
        pieces.notes = [(column, "error", message)]
        excerpt = _excerpt(pieces.stem or _leftover(pieces))
        return ReadQuestion(pieces.row, pieces.sheet, None, excerpt, _problems(pieces), pieces.unit)
    draft = _draft(pieces)
    misread = {column for column, level, _ in pieces.notes if level == "error"}
    for column, level, message in faults(draft):
        if column not in misread:
            pieces.note(column, level, message)
    return ReadQuestion(pieces.row, pieces.sheet, draft, _excerpt(draft.stem), _problems(pieces), pieces.unit)


def tell_duplicates(questions: list[ReadQuestion]) -> list[ReadQuestion]:
    """The questions, each later one of two alike with a warning that names both places."""
    whole: dict[str, Draft] = {}
    stems: dict[str, Draft] = {}
    told = []
    for question in questions:
        draft = question.draft
        if draft is None or not draft.stem:
            told.append(question)
            continue
        marks = fingerprints(draft)
        question = replace(question, marks=marks)
        same = whole.setdefault(marks.whole, draft)
        alike = stems.setdefault(marks.stem, draft)
        told.append(question if alike is draft else _with_twin(question, draft, same, alike))
    return told


def _with_twin(question: ReadQuestion, draft: Draft, same: Draft, alike: Draft) -> ReadQuestion:
    if same is draft:
        differs = "图片" if set(alike.options) == set(draft.options) and alike.pictures != draft.pictures else "选项"
        message = f"与{alike.place}题干相同、{differs}不同（{alike.place}、{draft.place}），请核对是否两题都要"
    elif key_texts(same) != key_texts(draft):
        message = f"与{same.place}题干和选项都相同，答案却不同（{same.place}、{draft.place}），请核对哪个对，删去另一题"
    else:
        message = f"与{same.place}重复（{same.place}、{draft.place}题干和选项都相同），只导入前一题"
    problem = Problem(question.row, "题干", "warning", message, question.sheet)
    return replace(question, problems=(*question.problems, problem))


def _why_no_draft(pieces: Pieces) -> tuple[str, str] | None:
    """The column and the reason, when there is nothing that could be shown as a question."""
    filled = [option for option in pieces.options if option]
    if pieces.places is not None and (pieces.stem or filled):
        return None
    if not pieces.stem and len(filled) + bool(pieces.key) < 2:
        found = _excerpt("".join(filled) or _leftover(pieces))
        return "题干", f"这里没有题干，只有“{found}”；如果不是试题，请删去这一行"
    if filled:
        return None
    refused = kind_not_offered(pieces.kind_word) if pieces.kind_word else pieces.not_offered
    if refused and not kind_named(pieces.kind_word):
        return "题型", f"{refused}题不能自动阅卷，请改成单选、多选或判断，或从文件中删去"
    kind = kind_named(pieces.kind_word) or pieces.outer_kind
    if kind in (QuestionKind.TRUE_FALSE, QuestionKind.FILL_IN) or read_truth(pieces.key) is not None:
        return None
    if read_key(pieces.key, ()).places is None:
        return "选项", "没有选项，答案也不是选项字母，像是问答或填空题，不能自动阅卷；请补上选项和字母答案，或删去"
    return None


def _leftover(pieces: Pieces) -> str:
    return pieces.key or pieces.explanation or pieces.source or pieces.topic or pieces.difficulty or pieces.number


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT_LENGTH else line[:_EXCERPT_LENGTH] + "…"


def _problems(pieces: Pieces) -> tuple[Problem, ...]:
    return tuple(Problem(pieces.row, column, level, text, pieces.sheet) for column, level, text in pieces.notes)


def _draft(pieces: Pieces) -> Draft:
    kind, options, key = _settled(pieces)
    return Draft(
        kind=kind,
        stem=pieces.stem,
        options=options,
        key=key,
        explanation=tidy(pieces.explanation),
        source=tidy(pieces.source),
        topic=tidy(pieces.topic),
        difficulty=_difficulty(pieces),
        place=row_place(pieces.row, pieces.sheet, pieces.unit),
        number=pieces.number,
        pictures=tuple(pieces.pictures),
    )


def _settled(pieces: Pieces) -> _Choice:
    """Kind, options and key together, for each may be what tells the others."""
    named = _named_kind(pieces)
    options = tuple(pieces.options)
    truths = tuple(map(read_truth, options)) if len(options) == 2 else ()
    are_truths = truths in ((True, False), (False, True))
    if named is QuestionKind.FILL_IN:
        return named, options, ()
    if are_truths and named in (None, QuestionKind.TRUE_FALSE, QuestionKind.SINGLE_CHOICE):
        return QuestionKind.TRUE_FALSE, TRUE_FALSE_OPTIONS, _truth_key(pieces, truths)
    is_judged = pieces.places is None and read_truth(pieces.key) is not None
    if not any(options) and (named is QuestionKind.TRUE_FALSE or is_judged):
        if named not in (None, QuestionKind.TRUE_FALSE):
            pieces.note("题型", "warning", f"题型是{named.label}，却没有选项、答案是对错，已按判断题读取，请核对")
        return QuestionKind.TRUE_FALSE, TRUE_FALSE_OPTIONS, _truth_key(pieces, ())
    key = _choice_key(pieces, options)
    if named is QuestionKind.TRUE_FALSE:
        named = _kind_of_key(key)
        pieces.note("题型", "warning", f"题型是判断，选项却不是对错，已按{named.label}题读取，请核对")
    return named or _kind_of_key(key), options, key


def _named_kind(pieces: Pieces) -> QuestionKind | None:
    word = pieces.kind_word
    if not word:
        return pieces.outer_kind
    named = kind_named(word)
    if named is None and "选择" not in word and not kind_not_offered(word):
        pieces.note("题型", "warning", f"题型“{_excerpt(word)}”没有看懂，已按答案确定题型，请核对")
    return named


def _kind_of_key(key: tuple[int, ...]) -> QuestionKind:
    return QuestionKind.MULTIPLE_CHOICE if len(key) > 1 else QuestionKind.SINGLE_CHOICE


def _truth_key(pieces: Pieces, truths: tuple[bool | None, ...]) -> tuple[int, ...]:
    """The key of a question to be judged; `truths` says what its own two options meant, if it had them."""
    if pieces.places is not None:
        meant = truths or (True, False)
        right = {meant[place] for place in pieces.places if place < len(meant)}
        return tuple(place for place, truth in enumerate((True, False)) if truth in right)
    said = unicodedata.normalize("NFKC", tidy(pieces.key))
    if not said:
        return ()
    truth = read_truth(said)
    if truth is None:
        truth = _truth_of_place(pieces, said, truths)
    if truth is None:
        pieces.note("答案", "error", f"答案“{_excerpt(said)}”没有看懂，判断题请写“正确”或“错误”")
        return ()
    return (0,) if truth else (1,)


def _truth_of_place(pieces: Pieces, said: str, truths: tuple[bool | None, ...]) -> bool | None:
    places = read_key(said, ()).places or ()
    if truths and len(places) == 1 and places[0] < len(truths):
        return truths[places[0]]
    truth = {"A": True, "B": False, "1": True, "0": False}.get(said.upper())
    if truth is not None:
        meant = TRUE_FALSE_OPTIONS[0 if truth else 1]
        pieces.note("答案", "warning", f"判断题的答案写成了{said}，已读作“{meant}”，请核对")
    return truth


def _choice_key(pieces: Pieces, options: tuple[str, ...]) -> tuple[int, ...]:
    if pieces.places is not None:
        return pieces.places
    reading = read_key(pieces.key, options)
    if reading.places is None:
        pieces.note("答案", "error", f"答案“{_excerpt(pieces.key)}”没有看懂，请写选项字母，如B或ABD")
        return ()
    if reading.warning:
        pieces.note("答案", "warning", reading.warning)
    return reading.places


def _difficulty(pieces: Pieces) -> int | None:
    said = unicodedata.normalize("NFKC", tidy(pieces.difficulty)).strip("级颗星 ")
    if not said:
        return None
    if set(said) <= {"★", "☆"} and 1 <= said.count("★") <= HARDEST:
        return said.count("★")
    if said in dict(_DIFFICULTY_WORDS):
        return dict(_DIFFICULTY_WORDS)[said]
    if said in ("1", "2", "3", "4", "5"):
        return int(said)
    pieces.note("难度", "warning", f"难度“{_excerpt(said)}”没有看懂，已留空；请写1到{HARDEST}的整数")
    return None
