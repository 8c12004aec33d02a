"""What a careful editor would say of a bank: form and citation of each question, duplicates, what gives a key away.

A remark is advice, not a refusal: a bank with remarks can be imported and drawn from.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.rules.citation import cited
from app.rules.likeness import nearly_alike
from app.rules.question import Draft, QuestionKind, comparable, faults, fingerprint, letter, stem_fingerprint

SINGLE, MULTIPLE, JUDGED = QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.TRUE_FALSE

# Shares in percent, and from how many questions on a share says anything.
KINDS = {SINGLE: (45, 65), MULTIPLE: (15, 35), JUDGED: (10, 30)}
KEY_PLACES = (20, 30)
JUDGED_TRUE = (45, 55)
KEY_COUNTS = (10, 60)
MOST_LONGEST = 30
MOST_FIGURES = 10
ENOUGH = 40
NEARLY_ALIKE = 60
_LEAST_TELLING = 6

_GAP = re.compile(r"（[\s\u3000]*）|\([\s\u3000]*\)|_{3,}|＿{2,}")
_REFERS_TO_ORDER = re.compile(
    r"以上(?:都|均|全|各|三|两)|上述(?:都|均|全)|前[两三二]项|[A-DＡ-Ｄ](?:项|和|、[A-D])|选项[A-DＡ-Ｄ]"
)
_HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]")
_ASKS_FOR_WRONG = re.compile(
    r"(?:不属于|不包括|不正确|不符合|错误|不是|不应当?|不得|不能)的(?:做法|说法|情形|一项)?(?:是|有)"
)
_DENIES = re.compile(
    r"不(?!动产|得以|同|仅|断|满|足|良|特定|含税|法)|无(?!线|偿|障碍|害)|未(?!成年|来|遂)|非(?!法|税|营利|国家工作)"
)
_DOUBLE = re.compile(r"不得不|无不|莫不|并非不|不是不|不能不|没有不|并非没有|不无|非[^，。]{1,8}不可")
_UNITS = "工作日|自然日|日|天|周|个月|月|年|小时|分钟|万元|元|人|名|次|倍|条|款|岁|票|届|级"
_FIGURES = re.compile(
    rf"(?:第|约|满|[\d零〇一二三四五六七八九十百千万亿两半.%％]|个|分之|{_UNITS})+(?:以[上下内]|前|后)?"
)


@dataclass(frozen=True)
class Remark:
    """One piece of advice: `number` and `place` name the question, both empty when the bank as a whole is meant."""

    subject: str
    message: str
    number: str = ""
    place: str = ""


def lint(drafts: Sequence[Draft]) -> tuple[Remark, ...]:
    """Everything that an editor would change, question by question and then in the bank as a whole."""
    return (
        *(Remark(subject, message, d.number, d.place) for d in drafts for subject, message in _of_question(d)),
        *_twins(drafts),
        *_give_aways(drafts),
        *(Remark("均衡", message) for message in _of_bank(drafts)),
    )


def _of_question(draft: Draft) -> Iterator[tuple[str, str]]:
    for fault in faults(draft):
        yield fault.column, fault.message
    yield from _form(draft)
    yield from _wording(draft)
    for subject, text in (("解析", draft.explanation), ("依据", draft.source), ("知识点", draft.topic)):
        if not text:
            yield subject, f"没有写{subject}，请补上"
    if draft.difficulty is None:
        yield "难度", "没有写难度，请填1到5的整数"
    if draft.source and cited(draft.source) is None:
        yield "依据", f"“{draft.source}”的写法不便核对，请写成《文件全称》（某年修订）第几条"


def _form(draft: Draft) -> Iterator[tuple[str, str]]:
    gaps = len(_GAP.findall(draft.stem))
    if draft.kind is JUDGED and gaps:
        yield "题干", "判断题是一句完整的陈述，请去掉括号"
    elif draft.kind is not JUDGED and gaps != 1:
        yield "题干", f"题干里有{gaps}处空，请只在该填答案的地方留一处“（　　）”"
    if draft.explanation and (not draft.explanation.endswith("。") or draft.explanation.count("。") > 1):
        yield "解析", "解析请写成一句话，以句号结束"


def _wording(draft: Draft) -> Iterator[tuple[str, str]]:
    texts = (draft.stem, *draft.options, draft.explanation)
    if found := next((m[0] for text in texts if (m := _REFERS_TO_ORDER.search(text))), None):
        yield "选项", f"“{found}”依赖选项的次序，抽题时选项会打乱，请换一种说法"
    if any(_HALF_WIDTH.search(text) for text in texts):
        yield "标点", "汉字旁边用了半角标点，请改成全角"
    if draft.kind is not JUDGED and _ASKS_FOR_WRONG.search(draft.stem) and any(map(_DENIES.search, draft.options)):
        yield "题干", "题干问“不”的，选项里又有否定，成了双重否定，请换一种问法"
    elif found := next((m[0] for text in (draft.stem,) if (m := _DOUBLE.search(text))), None):
        yield "题干", f"“{found}”是双重否定，请直说"


def _twins(drafts: Sequence[Draft]) -> Iterator[Remark]:
    whole: dict[str, Draft] = {}
    stems: dict[str, Draft] = {}
    told = set()
    for place, draft in enumerate(drafts):
        same = whole.setdefault(fingerprint(draft), draft)
        stem = stems.setdefault(stem_fingerprint(draft.stem), draft)
        if same is not draft:
            yield _remark(draft, "重复", f"与第{same.number}题题干和选项都相同，请删去一题")
        elif stem is not draft:
            yield _remark(draft, "重复", f"与第{stem.number}题题干相同，请核对是否两题都要")
        else:
            told.add(place)
    for earlier, later, percent in nearly_alike([_asked(draft) for draft in drafts], NEARLY_ALIKE):
        if later in told:
            message = f"与第{drafts[earlier].number}题相近（{percent}%），请核对是否两题都要"
            yield _remark(drafts[later], "重复", message)


def _asked(draft: Draft) -> str:
    right = [option for place, option in enumerate(draft.options) if place in draft.key and draft.kind is not JUDGED]
    return draft.stem + "".join(right)


def _give_aways(drafts: Sequence[Draft]) -> Iterator[Remark]:
    """Stems that say the key of another question on the same article."""
    by_place: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, draft in enumerate(drafts):
        for named in _named_places(draft):
            by_place[named].append(place)
    stems = [comparable(draft.stem) for draft in drafts]
    for place, draft in enumerate(drafts):
        if draft.kind is not SINGLE or len(draft.key) != 1 or draft.key[0] >= len(draft.options):
            continue
        telling = comparable(draft.options[draft.key[0]])
        near = {other for named in _named_places(draft) for other in by_place[named]} - {place}
        for other in sorted(near) if len(telling) >= _LEAST_TELLING and telling not in stems[place] else ():
            if telling in stems[other]:
                yield _remark(drafts[other], "泄题", f"题干说出了第{draft.number}题的答案，请改一题")


def _named_places(draft: Draft) -> set[tuple[str, str]]:
    citations = cited(draft.source) or ()
    return {(c.title, where) for c in citations for where in (c.articles or (c.when + c.passage,))}


def _of_bank(drafts: Sequence[Draft]) -> Iterator[str]:
    by_kind = {kind: [draft for draft in drafts if draft.kind is kind] for kind in KINDS}
    if len(drafts) >= ENOUGH:
        for kind, (least, most) in KINDS.items():
            yield from _beyond(f"{kind.label}题", len(by_kind[kind]), len(drafts), least, most)
    yield from _key_balance(by_kind[SINGLE], by_kind[MULTIPLE], by_kind[JUDGED])
    for kind in (SINGLE, MULTIPLE):
        if len(by_kind[kind]) >= ENOUGH:
            longest = sum(1 for draft in by_kind[kind] if key_is_longest(draft))
            yield from _beyond(f"答案是最长选项的{kind.label}题", longest, len(by_kind[kind]), 0, MOST_LONGEST)
    chosen = by_kind[SINGLE] + by_kind[MULTIPLE]
    if len(chosen) >= ENOUGH:
        figures = sum(1 for draft in chosen if _only_figures(draft))
        yield from _beyond("选项全是数字、期限的选择题", figures, len(chosen), 0, MOST_FIGURES)


def _key_balance(single: list[Draft], multiple: list[Draft], judged: list[Draft]) -> Iterator[str]:
    if len(single) >= ENOUGH:
        places = Counter(draft.key[0] for draft in single if draft.key)
        for place in range(4):
            yield from _beyond(f"答案是{letter(place)}的单选题", places[place], len(single), *KEY_PLACES)
    if len(judged) >= ENOUGH // 2:
        yield from _beyond("答案是正确的判断题", sum(draft.key == (0,) for draft in judged), len(judged), *JUDGED_TRUE)
    if len(multiple) >= ENOUGH // 2:
        counts = Counter(len(draft.key) for draft in multiple)
        for count in (2, 3, 4):
            yield from _beyond(f"有{count}个答案的多选题", counts[count], len(multiple), *KEY_COUNTS)


def _beyond(what: str, count: int, total: int, least: int, most: int) -> Iterator[str]:
    if not least * total <= count * 100 <= most * total:
        bounds = f"不超过{most}%" if least == 0 else f"在{least}%到{most}%之间"
        yield f"{what}有{count}道，占{count * 100 // total}%，宜{bounds}"


def key_is_longest(draft: Draft) -> bool:
    """Whether every right option is longer than every wrong one."""
    right = [len(draft.options[place]) for place in draft.key if place < len(draft.options)]
    wrong = [len(option) for place, option in enumerate(draft.options) if place not in draft.key]
    return bool(right and wrong) and min(right) > max(wrong)


def _only_figures(draft: Draft) -> bool:
    return bool(draft.options) and all(_FIGURES.fullmatch(option) for option in draft.options)


def _remark(draft: Draft, subject: str, message: str) -> Remark:
    return Remark(subject, message, draft.number, draft.place)
