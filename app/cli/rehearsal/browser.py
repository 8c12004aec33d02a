"""A browser of few lines for very many people in one thread: keep-alive, cookies, and what it keeps of a site."""

import asyncio
import json
import re
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode, urlsplit

from app.rules.rehearsal import ORIGIN

PATIENCE = 30.0  # seconds until an answer is given up
HEAD = 64 * 1024
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
_LINKED = re.compile(
    r'<(?:link rel="(?:stylesheet|modulepreload)" href|script(?: type="module")? src|img src)="(/[^"]+)"'
)
_ICON = re.compile(r'<link rel="icon" href="(/[^"]+)"')
_IMPORTED = re.compile(r"""^import [^'"]*['"]\./([^'"]+)['"]""", re.MULTILINE)


class Unreached(OSError):
    """No answer came: refused, cut off, or too late."""


@dataclass(frozen=True)
class Site:
    """Where the site is reached."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "Site":
        """Raises ValueError for what is no address of a site."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(url)
        return cls(parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))

    @property
    def name(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.name}"

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A new connection; on the same machine from an address of our own, so that no count of tries is shared."""
        own = (ORIGIN, 0) if self.host == "localhost" or self.host.startswith("127.") else None
        context = ssl.create_default_context() if self.scheme == "https" else None
        return await asyncio.open_connection(self.host, self.port, ssl=context, local_addr=own, limit=HEAD)


@dataclass(frozen=True)
class Answer:
    """A response; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def retry_after(self) -> float | None:
        """When to come again, in seconds; None where the answer is no request to wait."""
        told = self.headers.get("retry-after", "")
        return float(told) if self.status in (429, 503) and told.isascii() and told.isdigit() else None


class Shelf:
    """Which modules import which: learned once, for all browsers."""

    def __init__(self) -> None:
        self.imports: dict[str, tuple[str, ...]] = {}

    def learn(self, path: str, answer: Answer) -> None:
        plain = path.partition("?")[0]
        if path not in self.imports and answer.status == 200:
            beside = PurePosixPath(plain).parent
            names = _IMPORTED.findall(answer.text) if plain.endswith(".js") else ()
            self.imports[path] = tuple(str(beside / name) for name in names)


class Browser:
    """One person's browser, fresh: nothing kept, nobody signed in. One request at a time. Raises Unreached."""

    def __init__(self, site: Site, shelf: Shelf) -> None:
        self._site, self._shelf = site, shelf
        self._cookies: dict[str, str] = {}
        self._kept: dict[str, str | None] = {}  # the tag by which a file is asked for again; None: it never changes
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return await self._ask("GET", path, headers or {}, b"", PATIENCE)

    async def post(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        """Post a form."""
        head = {"Content-Type": FORM} | dict(headers or {})
        return await self._ask("POST", path, head, urlencode(fields).encode(), PATIENCE)

    async def post_json(self, path: str, value: object, headers: Mapping[str, str], patience: float) -> Answer:
        """Post JSON, as a script does."""
        body = json.dumps(value, separators=(",", ":")).encode()
        return await self._ask("POST", path, {"Content-Type": JSON} | dict(headers), body, patience)

    async def furnish(self, page: str) -> list[Answer]:
        """Fetch what the page needs and is not kept yet: style sheets, modules with what they import, pictures."""
        icon = _ICON.search(page)
        wanted = [*_LINKED.findall(page), *((icon[1],) if icon else ())]
        answers, seen = [], set[str]()
        for path in wanted:  # grows while it is read
            if path not in seen:
                seen.add(path)
                answers += await self._fetch(path)
                wanted += self._shelf.imports.get(path, ())
        return answers

    def close(self) -> None:
        """Close the connection; the next request opens a new one."""
        streams, self._streams = self._streams, None
        if streams is not None:
            with suppress(OSError, RuntimeError):
                streams[1].close()

    async def _fetch(self, path: str) -> list[Answer]:
        if path in self._kept and self._kept[path] is None:
            return []
        tag = self._kept.get(path)
        answer = await self.get(path, {"If-None-Match": tag} if tag else {})
        self._shelf.learn(path, answer)
        if answer.status == 200:
            lasts = "immutable" in answer.headers.get("cache-control", "")
            self._kept[path] = None if lasts else answer.headers.get("etag", "")
        return [answer]

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes, patience: float) -> Answer:
        try:
            async with asyncio.timeout(patience):
                return await self._exchange(self._request(method, path, headers, body))
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
            self.close()
            raise Unreached(f"{method} {path}: {type(error).__name__}") from error
        except BaseException:
            self.close()
            raise

    def _request(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._site.name}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if self._cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self._cookies.items()))
        if method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + body

    async def _exchange(self, request: bytes) -> Answer:
        if self._streams is not None:
            try:
                return await self._answer(request, *self._streams)
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                if getattr(error, "partial", b""):
                    raise
                self.close()  # the server had closed it meanwhile: every browser then sends again
        self._streams = await self._site.connect()
        return await self._answer(request, *self._streams)

    async def _answer(self, request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Answer:
        writer.write(request)
        await writer.drain()
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            if name.lower() == "set-cookie":
                self._take(value.strip())
            headers[name.lower()] = value.strip()
        status = int(first.split()[1])
        body = b"" if status in (204, 304) else await _body(reader, headers)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, headers, body)

    def _take(self, cookie: str) -> None:
        name, _, rest = cookie.partition("=")
        self._cookies[name] = rest.partition(";")[0]
        if not self._cookies[name]:
            del self._cookies[name]


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "chunked" not in headers.get("transfer-encoding", ""):
        return await reader.readexactly(int(headers["content-length"])) if "content-length" in headers else b""
    parts = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        parts.append((await reader.readexactly(size + 2))[:-2])
    await reader.readuntil(b"\r\n")
    return b"".join(parts)
