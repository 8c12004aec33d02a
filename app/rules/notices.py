"""What candidates read when an organizer changes a sitting or their attempt."""

from datetime import datetime
from enum import StrEnum

from app.rules.prose import day_and_time, length


class Kind(StrEnum):
    """What was done; the first four to a whole sitting, the others to one attempt."""

    POSTPONED = "postponed"
    ENDED = "ended"
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"
    REOPENED = "reopened"
    VOIDED = "voided"
    RESTORED = "restored"


NAMES = {
    Kind.POSTPONED: "延期",
    Kind.ENDED: "提前结束",
    Kind.PAUSED: "暂停",
    Kind.RESUMED: "恢复",
    Kind.EXTENDED: "加时",
    Kind.REOPENED: "重新打开",
    Kind.VOIDED: "作废",
    Kind.RESTORED: "取消作废",
}


def postponed(closes_at: datetime) -> str:
    """延期"""
    return f"竞赛延期到{day_and_time(closes_at)}截止，被原截止时间缩短的答卷相应延长。"


def ended(closes_at: datetime) -> str:
    """提前结束"""
    return f"竞赛提前到{day_and_time(closes_at)}结束，到时自动交卷，已保存的答案都算数。"


def paused() -> str:
    """暂停"""
    return "竞赛暂停，计时已停，已答的都在；恢复后接着答，暂停的时间全部补回。"


def resumed(seconds: int) -> str:
    """恢复"""
    return f"竞赛恢复，请接着作答；暂停的{length(seconds)}已经补回。"


def extended(minutes: int, deadline: datetime) -> str:
    """加时"""
    return f"您的作答时间增加{minutes}分钟，{day_and_time(deadline)}截止。"


def reopened(deadline: datetime) -> str:
    """重新打开"""
    return f"您的答卷已重新打开，可以接着答，{day_and_time(deadline)}截止。"


def voided(*, given_back: bool) -> str:
    """作废"""
    return "这份答卷已作废，不计成绩；" + ("答题机会已退还，可以再答一次。" if given_back else "答题机会不退还。")


def restored() -> str:
    """取消作废"""
    return "作废已取消，这份答卷照常计入。"
