"""What the measurements of an installation mean: good, to be watched, or wrong; and what to do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.rules.prose import local


class State(StrEnum):
    """How it stands; `label` is what people read."""

    GOOD = "good"
    WATCH = "watch"
    WRONG = "wrong"

    @property
    def label(self) -> str:
        return {"good": "好", "watch": "注意", "wrong": "有问题"}[self]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what was found, and what to do when it is not good."""

    subject: str
    state: State
    found: str
    advice: str = ""


MILLISECOND = 0.001
UNBELIEVABLE, SLOW, TOO_SLOW = 0.03 * MILLISECOND, 30 * MILLISECOND, 200 * MILLISECOND
STALLED = 500 * MILLISECOND
GIGABYTE = 1024**3
LITTLE, TOO_LITTLE = 2 * GIGABYTE, GIGABYTE // 4
JUMP, AHEAD = timedelta(milliseconds=50), timedelta(seconds=2)
REMEMBERED = timedelta(days=2)
OLDEST_POSTGRESQL = 14
REMOTE = ("nfs", "cifs", "smb", "9p", "ceph", "gluster", "fuse", "vboxsf", "afs")


def good(subject: str, found: str) -> Finding:
    return Finding(subject, State.GOOD, found)


def watch(subject: str, found: str, advice: str) -> Finding:
    return Finding(subject, State.WATCH, found, advice)


def wrong(subject: str, found: str, advice: str) -> Finding:
    return Finding(subject, State.WRONG, found, advice)


def sqlite_library(version: str, module: str, is_fixed: bool) -> Finding:
    found = f"SQLite {version}（{module}）"
    if is_fixed:
        return good("数据库", found)
    return wrong("数据库", f"{found}，有已知的损坏缺陷", "重新执行 make run（或 install.sh）装上随包的 pysqlite3。")


def postgresql_version(version: str) -> Finding:
    if int(version.split(".")[0]) >= OLDEST_POSTGRESQL:
        return good("数据库", f"PostgreSQL {version}")
    return watch("数据库", f"PostgreSQL {version}，已经没有安全更新", f"升级到 {OLDEST_POSTGRESQL} 或更新的版本。")


def settings(found: Mapping[str, str], wanted: Mapping[str, str], place: str) -> Finding:
    """Settings without which an acknowledged answer could be lost."""
    told = "，".join(f"{name}={value}" for name, value in found.items())
    if all(found.get(name) == value for name, value in wanted.items()):
        return good("数据库设置", told)
    different = "，".join(f"{name}={value}" for name, value in wanted.items() if found.get(name) != value)
    return wrong("数据库设置", told, f"{place}，应为 {different}；否则断电时可能丢失已保存的答案。")


def schema(found: str | None, newest: str) -> Finding:
    if found == newest:
        return good("数据表", f"版本 {found}，是最新的")
    if found is None:
        return wrong("数据表", "还没有建立", "启动一次网站（make run）会自动建立；或执行 flask db upgrade。")
    if found < newest:
        return wrong("数据表", f"版本 {found}，本程序需要 {newest}", "先备份，再重新启动网站，它会自动升级。")
    return wrong("数据表", f"版本 {found}，比本程序的 {newest} 新", "换回新版程序；不要用旧程序连新库。")


def soundness(faults: Sequence[str]) -> Finding:
    if not faults:
        return good("完整性", "逐页检查和引用检查都没有发现问题")
    advice = "立即停掉网站，把数据文件夹整个复制一份留存，再用最近的备份恢复（flask restore）。"
    return wrong("完整性", "；".join(faults[:3]), advice)


def syncing(subject: str, median: float, worst: float) -> Finding:
    """How long a durable write takes, in seconds. Too quick is as telling as too slow."""
    found = f"中位 {_ms(median)}，最慢 {_ms(worst)}"
    if median < UNBELIEVABLE:
        advice = "快得不像真的写到了盘上：请确认虚拟机、阵列卡的写缓存有断电保护，没有就关掉它。"
        return watch(subject, found, advice)
    if median > TOO_SLOW:
        return wrong(subject, found, "太慢，许多人同时答题时保存会排队。换成固态硬盘，或查是谁占着这块盘。")
    if median > SLOW or worst > STALLED:
        return watch(subject, found, "偏慢。竞赛时不要在这块盘上做别的大量读写；能换固态硬盘最好。")
    return good(subject, found)


def disk(free: int, total: int, kind: str, is_sqlite: bool) -> Finding:
    found = f"剩余 {free / GIGABYTE:.1f} GB，共 {total / GIGABYTE:.1f} GB（{kind}）"
    if kind in ("tmpfs", "ramfs"):
        return wrong("磁盘", found, "这是内存里的文件系统，一断电全没了。把 INSTANCE_DIR 设到真正的硬盘上。")
    if is_sqlite and kind.startswith(REMOTE):
        return wrong(
            "磁盘", found, "SQLite 不能放在网络或共享文件夹上，会损坏。把 INSTANCE_DIR 设到本机硬盘，或用 PostgreSQL。"
        )
    if free < TOO_LITTLE:
        return wrong("磁盘", found, "马上要写满了，写满以后谁也保存不了。请腾出空间。")
    if free < LITTLE:
        return watch("磁盘", found, "请腾出空间；旧备份最好移到别的机器。")
    if kind == "overlay":
        return watch("磁盘", found, "这是容器自己的文件系统，删掉容器数据就没了。请给 INSTANCE_DIR 挂一个卷。")
    return good("磁盘", found)


def clock(
    now: datetime,
    zone: str,
    jumped: timedelta,
    newest: datetime | None,
    synchronised: bool | None,
    apart: timedelta | None,
) -> Finding:
    """The clock that decides deadlines. `jumped`: wall against monotonic; `apart`: against the database's machine."""
    told = {True: "已与时间服务器同步", False: "没有与时间服务器同步", None: "查不出是否与时间服务器同步"}
    found = f"北京时间 {local(now):%Y-%m-%d %H:%M:%S}，系统时区 {zone}，{told[synchronised]}"
    set_it = "请与时间服务器同步（装 chrony，或 timedatectl set-ntp true，指向内网的时间服务器）。"
    if newest and newest - now > AHEAD:
        late = f"{found}，比库里最新的记录还早 {_span(newest - now)}"
        return wrong("时钟", late, f"时钟被往回调过，先不要开考。{set_it}")
    if abs(jumped) > JUMP:
        return wrong("时钟", f"{found}，检查的片刻里跳了 {_span(abs(jumped))}", f"截止时刻会不准。{set_it}")
    if apart is not None and abs(apart) > AHEAD:
        return watch("时钟", f"{found}，与数据库那台机器相差 {_span(abs(apart))}", f"两台机器都{set_it}")
    if synchronised is not True:
        return watch("时钟", found, set_it if synchronised is False else "请确认这台机器的时间是准的。")
    return good("时钟", found)


def privacy(folder: str, loose: Sequence[str], foreign: Sequence[str]) -> Finding:
    """Whether only the owner reads the installation's data. `foreign`: files of another user."""
    if loose:
        advice = f"执行 chmod -R go-rwx {folder}"
        return wrong("数据文件夹", f"别的用户也能读：{'、'.join(loose[:5])}", advice)
    if foreign:
        advice = f"flask 命令请用启动网站的那个用户执行；把主人改过来：chown -R 那个用户 {folder}"
        return wrong("数据文件夹", f"主人不一致，网站会写不进去：{'、'.join(foreign[:5])}", advice)
    return good("数据文件夹", f"{folder}，只有主人能读")


def uploads(kept: int, missing: int) -> Finding:
    if missing:
        advice = "题库和名单不受影响，只是查不到当时的原文件；要找回，从备份里取。"
        return watch("上传的原文件", f"有 {kept} 个，缺 {missing} 个", advice)
    return good("上传的原文件", f"{kept} 个，都在")


def backup(now: datetime, last: datetime | None, has_people: bool) -> Finding:
    advice = "执行 flask backup；最好装上 deploy/ 里的定时备份。"
    if last is None:
        if has_people:
            return watch("备份", "还没有备份过", advice)
        return good("备份", "还没有备份过，也还没有人员和答卷")
    found = f"上次在 {_span(now - last)}以前"
    return watch("备份", found, advice) if now - last > REMEMBERED else good("备份", found)


def unfinished(paths: Sequence[str]) -> Finding:
    """Files that were being written when a power cut or a kill came."""
    if not paths:
        return good("没写完的文件", "没有")
    found = f"有 {len(paths)} 个，是断电或强行停止时没写完的，占着磁盘：{'、'.join(paths[:3])}"
    return watch(
        "没写完的文件", found, "里面没有要找回的东西。再备份一次（flask backup）会自动删掉，也可以用 rm 删掉。"
    )


def leftovers(people: int) -> Finding:
    """What a rehearsal left that was cut short."""
    advice = "执行 flask rehearse --clean；重新启动网站时也会自动清除。参赛者看不到，也不进统计。"
    return watch("演练", f"上次演练中断，留下模拟人员 {people} 人", advice)


def address(url: str, is_secure: bool, is_local: bool, proxies: int) -> Finding:
    found = f"{url}，前面 {proxies} 层反向代理"
    if is_secure and not proxies:
        advice = "https 说明前面有反向代理，请设 TRUSTED_PROXIES=1；否则所有人看起来来自同一个地址，会一起被限制试错。"
        return watch("网址", found, advice)
    if not is_secure and not is_local:
        return watch("网址", found, "登录凭据在网络上不加密。正式使用请按 docs/operation.md 加一层 https。")
    return good("网址", found)


def worst(findings: Sequence[Finding]) -> State:
    """The state of the whole: that of its worst part."""
    states = {finding.state for finding in findings}
    return next((state for state in (State.WRONG, State.WATCH) if state in states), State.GOOD)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} 毫秒" if seconds < 0.01 else f"{seconds * 1000:.0f} 毫秒"


def _span(span: timedelta) -> str:
    if span < timedelta(seconds=1):
        return f"{span / timedelta(milliseconds=1):.0f} 毫秒"
    if span < timedelta(minutes=2):
        return f"{span.total_seconds():.0f} 秒"
    if span < timedelta(hours=2):
        return f"{span / timedelta(minutes=1):.0f} 分钟"
    return f"{span / timedelta(hours=1):.0f} 小时" if span < timedelta(days=3) else f"{span.days} 天"
