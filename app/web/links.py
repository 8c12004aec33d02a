"""Addresses to hand out, built on PUBLIC_URL and never on the request; and names of files to take away."""

import ipaddress
import re
from urllib.parse import urlsplit

from flask import current_app, url_for

LOOPBACK = (
    "这个网址只有本机能打开，别的电脑和手机都进不来。请在启动时设置 PUBLIC_URL，写参赛者能打开的网址，"
    "例如：PUBLIC_URL=https://jingsai.example.gov.cn make run"
)
PRIVATE = (
    "这个网址是内部网络的地址，连着同一个网络的电脑和手机才能打开；用流量上网的手机打不开。"
    "要让外面也能打开，请在启动时把 PUBLIC_URL 设成公网能打开的网址。"
)


def outside(endpoint: str, **values: object) -> str:
    """The whole address of a page, as somebody else has to type it."""
    base: str = current_app.config["SETTINGS"].public_url
    return base + url_for(endpoint, **values)  # type: ignore[arg-type]  # Flask takes any value for a part of a path


def reach_warning(public_url: str) -> str | None:
    """What to tell the organizer of an address that not everybody can open; None for one that looks public."""
    host = (urlsplit(public_url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return LOOPBACK
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        # a name without a dot, or ending in .local, is known inside one network only
        return PRIVATE if "." not in host or host.endswith((".local", ".lan", ".internal")) else None
    if address.is_loopback or address.is_unspecified:
        return LOOPBACK
    return None if address.is_global else PRIVATE


def file_name(title: str) -> str:
    """A title as part of a file's name, on any system."""
    return re.sub(r'[\\/:*?"<>|\s\x00-\x1f]+', "_", title).strip("._")[:60] or "竞赛"
