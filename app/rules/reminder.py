"""What an organizer sends to the units: how far they are, by when, and where to go."""

from datetime import datetime

from app.rules.prose import day_and_time, duration
from app.rules.timing import Phase


def reminder(
    *,
    title: str,
    phase: Phase,
    opens_at: datetime,
    closes_at: datetime,
    seconds: int,
    expected: int,
    participants: int,
    address: str,
    organizer: str,
    unit: str | None = None,
) -> tuple[str, ...]:
    """The paragraphs of a message, to one unit or to all of them; `seconds` is how long one attempt takes."""
    to = f"{unit}：" if unit else "各单位："
    whose = "贵单位" if unit else "全部单位"
    absent = max(0, expected - participants)
    how = f"作答限时{duration(seconds)}，手机、电脑均可，网址：{address}。"
    counted = f"{whose}应参{expected}人，已参{participants}人"
    if phase is Phase.BEFORE:
        body = (
            f"{title}将于{day_and_time(opens_at)}开始，{day_and_time(closes_at)}截止。"
            f"{whose}应参{expected}人，请提前转告，安排好时间。{how}谢谢支持。"
        )
    elif not absent:
        body = f"{title}{_until(phase, closes_at)}。{counted}，已全部参赛。谢谢支持。"
    elif phase is Phase.OPEN:
        body = (
            f"{title}{_until(phase, closes_at)}。{counted}，还有{absent}人未参赛，名单附后。"
            f"请转告同志们抽空作答。{how}谢谢支持。"
        )
    else:
        body = f"{title}{_until(phase, closes_at)}。{counted}，{absent}人未参赛，名单附后，请核实原因。"
    return tuple(part for part in (to, body, organizer) if part)


def _until(phase: Phase, closes_at: datetime) -> str:
    moment = day_and_time(closes_at)
    return f"已于{moment}截止" if phase is Phase.CLOSED else f"将于{moment}截止"
