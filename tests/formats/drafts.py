"""Questions as a bank may hold them, with the text that writers and readers of files stumble over."""

from hypothesis import strategies as st

from app.formats.bank_key import read_truth
from app.rules.question import TRUE_FALSE_OPTIONS, Draft, QuestionKind, faults, tidy

_SIGNS = ["，", "。", "：", "；", "“", "”", "《办法》", "（　　）", "（2分）", "（A）", "、", "？", "……", "\\", "\"",
          "'", "#", "{", "}", "=", "~", ":", "::", "<", ">", "&", "<b>", "&lt;", "%50%", "->", "|", "/", "//", "$",
          "[html]", "+", "-", "@", "\t", ",", ";", "!", "*", "_", "`", "]", "\\n", "^"]  # fmt: skip
_WORDS = ["甲", "乙", "单位", "应当", "第三条", "题干", "答案", "多选", "x", "Ab", "1", "20", "2018年", "3.5", "No",
          "A", "B", "T"]  # fmt: skip
_BEGINNINGS = ["1. ", "2、", "（3）", "A. ", "B、", "C ", "答案：", "【解析】", "一、单选题", "判断题", "依据：", "//",
               "=1+1", "（多选）", "题库：", "ANSWER: A", "$CATEGORY: x", "0", "'=", "难度：3"]  # fmt: skip
_LINES = st.lists(st.sampled_from([*_WORDS, *_WORDS, *_SIGNS, " "]), min_size=1, max_size=6).map("".join)


def texts(most_lines: int = 1, *, awkward: bool = True) -> st.SearchStrategy[str]:
    """Tidied text that is not empty; with `awkward`, its lines may begin like numbers, options, fields, headings."""
    beginning = st.sampled_from(["", "", "", *(_BEGINNINGS if awkward else ())])
    line = st.tuples(beginning, _LINES).map("".join)
    written = st.lists(line, min_size=1, max_size=most_lines).map("\n".join).map(tidy)
    return written.filter(bool)


def drafts(*, awkward: bool = True) -> st.SearchStrategy[list[Draft]]:
    """A bank of up to four questions that may all enter it."""
    return st.lists(one_draft(awkward=awkward), min_size=1, max_size=4)


def one_draft(*, awkward: bool = True) -> st.SearchStrategy[Draft]:
    """One question without an error: a choice or a statement to be judged."""
    return st.one_of(_choices(awkward), _judgements(awkward)).filter(_is_valid)


def _choices(awkward: bool) -> st.SearchStrategy[Draft]:
    kinds = st.sampled_from([QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.ANY_NUMBER])
    options = st.lists(texts(2 if awkward else 1, awkward=awkward), min_size=2, max_size=6, unique=True)

    def keyed(kind: QuestionKind, options: list[str]) -> st.SearchStrategy[Draft]:
        most = 1 if kind is QuestionKind.SINGLE_CHOICE else len(options)
        keys = st.sets(st.integers(0, len(options) - 1), min_size=1, max_size=most)
        return st.builds(Draft, st.just(kind), texts(3, awkward=awkward), st.just(tuple(options)),
                         keys.map(lambda key: tuple(sorted(key))), **_rest(awkward))  # fmt: skip

    return st.tuples(kinds, options).flatmap(lambda both: keyed(*both))


def _judgements(awkward: bool) -> st.SearchStrategy[Draft]:
    return st.builds(
        Draft,
        st.just(QuestionKind.TRUE_FALSE),
        texts(3, awkward=awkward),
        st.just(TRUE_FALSE_OPTIONS),
        st.sampled_from([(0,), (1,)]),
        **_rest(awkward),
    )


def _rest(awkward: bool) -> dict[str, st.SearchStrategy]:
    """Only what is told of a question besides stem, options and key."""
    return {
        "explanation": st.one_of(st.just(""), texts(3, awkward=awkward)),
        "source": st.one_of(st.just(""), texts(awkward=awkward)),
        "topic": st.one_of(st.just(""), texts(awkward=awkward)),
        "difficulty": st.one_of(st.none(), st.integers(1, 5)),
    }


def _is_valid(draft: Draft) -> bool:
    # two options that are right and wrong make a statement to be judged, whatever the kind was called
    truths = {read_truth(option) for option in draft.options}
    is_judged = draft.kind is not QuestionKind.TRUE_FALSE and truths == {True, False}
    return not is_judged and all(fault.level != "error" for fault in faults(draft))
