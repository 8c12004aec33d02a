"""What the house says in words: refusals, the rules of a contest, lengths of time."""

from datetime import datetime, timedelta, timezone

from app.rules.admission import Reason
from app.rules.rates import points
from app.rules.terms import ContestTerms, Counting, Visible

# China has one zone and no summer time.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

REFUSALS = {
    Reason.NOT_PUBLISHED: "这场竞赛还没有发布，请等组织者通知。",
    Reason.NOT_ON_ROSTER: "参赛名单里没有找到您。请核对姓名和手机号后四位，或者申请参赛。",
    Reason.NOT_OPEN: "竞赛还没有开始，{opens}开始后再来。",
    Reason.CLOSED: "竞赛已于{closes}截止，不能再答。",
    Reason.USED_UP: "{allowed}次答题机会已经用完。",
    Reason.LATE_START: "距截止{minutes}分钟，本次只有{minutes}分钟。请勾选“我知道了”再开始。",
    Reason.NOT_OWN: "这份答卷不是您的。",
    Reason.TOO_MANY_TRIES: "试的次数太多了，请{minutes}分钟后再试，或打咨询电话。",
    Reason.SLOWED: "这个名字在这个网络里填错太多次了。请{minutes}分钟后再试，或换用手机流量打开，或打咨询电话。",
    Reason.WRONG_PASSWORD: "账号或密码不对，请核对后重新填写。",
    Reason.QUEUED: "这个网络里填错的很多，现在要一个一个来。请等几秒再点一次。",
    Reason.BUSY: "现在登录的人很多，请等几秒再点一次。",
    Reason.LINK_USED: "这个链接已经用过或过期，请向管理员再要一个。",
    Reason.PAUSED: "竞赛暂停中。恢复以后再来，暂停的时间会补给大家。",
    Reason.NOT_PAUSED: "竞赛没有暂停，不用恢复。",
    Reason.HANDED_IN: "这份答卷已经交了；要再给时间，请用“重新打开”。",
    Reason.NOT_HANDED_IN: "这份答卷还没有交，不用重新打开；要多给时间，请用“加时”。",
    Reason.VOIDED: "这份答卷已经作废，请先取消作废。",
    Reason.NOT_VOIDED: "这份答卷没有作废。",
    Reason.TIME_OVER: "这份答卷的时间已经到了；要再给时间，请用“重新打开”。",
    Reason.NO_TIME: "重新打开后没有剩余时间，请填写加时分钟数。",
    Reason.OTHER_OPEN: "这个人另有一份没交的答卷，请先处理那一份。",
    Reason.CHANCE_USED: "归还的那次机会已经用掉，不能再取消作废。",
    Reason.KEYS_SHOWN: "答案已经可以看到，不能再给作答时间。请另开一场竞赛。",
    Reason.NOT_LATER: "延期后的截止时间要晚于现在的截止时间（{closes}）。",
    Reason.NOT_EARLIER: "提前结束的时间要在现在之后、原定截止（{closes}）之前。",
}

VISIBLE = {
    Visible.NOTHING: "不公布成绩",
    Visible.SCORE: "可看成绩",
    Visible.PAPER: "可看成绩和自己的答卷",
    Visible.KEYS: "可看成绩、自己的答卷、答案和解析",
}

COUNTING = {Counting.BEST: "最高一次", Counting.LAST: "最后一次", Counting.FIRST: "第一次"}


def local(moment: datetime) -> datetime:
    """The same instant on a clock in Shanghai."""
    return moment.astimezone(SHANGHAI)


def day_and_time(moment: datetime) -> str:
    """9月30日 18:00"""
    at = local(moment)
    return f"{at.month}月{at.day}日 {at:%H:%M}"


def period(opens_at: datetime, closes_at: datetime) -> str:
    """9月9日 09:00—9月30日 18:00; within one day 9月9日 09:00—11:00"""
    first, last = local(opens_at), local(closes_at)
    return f"{day_and_time(opens_at)}—{f'{last:%H:%M}' if first.date() == last.date() else day_and_time(closes_at)}"


def full_moment(moment: datetime) -> str:
    """2026年9月30日 18:00:05"""
    at = local(moment)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M:%S}"


def length(seconds: int) -> str:
    """19分08秒; 1小时02分08秒; 8秒"""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours}小时{minutes:02d}分{left:02d}秒"
    return f"{minutes}分{left:02d}秒" if minutes else f"{left}秒"


def duration(seconds: int) -> str:
    """A duration as a rule states it: 30分钟, 1小时30分钟, 90秒."""
    if seconds % 60:
        return f"{seconds}秒"
    hours, minutes = divmod(seconds // 60, 60)
    return (f"{hours}小时" if hours else "") + (f"{minutes}分钟" if minutes or not hours else "")


def refusal(reason: Reason, **facts: object) -> str:
    """The sentence for a refusal; moments among the facts are written out."""
    shown = {name: day_and_time(fact) if isinstance(fact, datetime) else fact for name, fact in facts.items()}
    return REFUSALS[reason].format(**shown)


def attempts(terms: ContestTerms) -> str:
    """每人可答3次，取最高分"""
    if terms.attempts_allowed == 1:
        return "每人只能答一次"
    chosen = {Counting.BEST: "取最高分", Counting.LAST: "取最后一次", Counting.FIRST: "取第一次"}[terms.counting]
    return (f"每人可答{terms.attempts_allowed}次" if terms.attempts_allowed else "次数不限") + f"，{chosen}"


def summary(terms: ContestTerms) -> str:
    """The rules in one breath, for a list of contests."""
    return (
        f"共{terms.spec.question_count}题，满分{points(terms.full_score)}分，限时{duration(terms.duration)}，到时自动交卷。"
        f"{attempts(terms)}；{points(terms.pass_mark)}分合格，{points(terms.excellence_mark)}分优秀。"
    )


def rules(terms: ContestTerms, opens_at: datetime, closes_at: datetime) -> list[str]:
    """The rules of a contest in plain words, one sentence a line, from the rules themselves."""
    return [f"{day_and_time(opens_at)}开始，{day_and_time(closes_at)}截止。", *quiz_rules(terms)]


def quiz_rules(terms: ContestTerms) -> list[str]:
    """The same without the dates, which a quiz does not have."""
    parts = "，".join(f"{s.title}{s.count}题、每题{points(s.points)}分" for s in terms.spec.sections)
    lines = [
        f"共{terms.spec.question_count}题，满分{points(terms.full_score)}分：{parts}。",
        f"限时{duration(terms.duration)}，从点“开始答题”算起；到时由服务器自动交卷，已保存的答案都算数。",
        f"{attempts(terms)}。",
        f"{points(terms.pass_mark)}分合格，{points(terms.excellence_mark)}分优秀。",
    ]
    if any(section.kind == "multiple_choice" for section in terms.spec.sections):
        lines.append("多选题全部选对才得分，多选、少选、错选都不得分。")
    lines.append(_review(terms))
    lines.append("中途断网、关掉浏览器、换一台机器都可以接着答，时间照走。")
    return [*lines, *terms.remarks]


def _review(terms: ContestTerms) -> str:
    first, later = terms.review.after_hand_in, terms.review.after_close
    if first is later:
        return f"交卷后{VISIBLE[first]}。"
    return f"交卷后{VISIBLE[first]}；最后一场结束后{VISIBLE[later]}。"
