"""A browser of few lines: keep-alive, cookies, forms, JSON. Light, so that the server gets the processor."""

import http.client
import json
import random
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bench.served import HOST

TIMEOUT = 30
PATIENCE = 60.0  # seconds that a person waits, in all, where the server asks them to come again
LONGEST = 5.0  # seconds between two tries, as in static/js/waiting.js
IDLE = 20.0  # a connection unused for longer may be on its way out at the server: a browser opens another


class Unexpected(RuntimeError):
    """The server answered with another status than the page needs; `status` is 0 where the status was right."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Answer:
    """A response; `location` is the path of a redirect."""

    status: int
    text: str
    location: str


class Browser:
    """One person's browser. Raises OSError or HTTPException when the server cannot be reached.

    With `patience` it waits out every 503 that says when to come again, as the pages and their scripts do, for so many
    seconds a request; `waits` counts how often.
    """

    def __init__(self, port: int, timeout: float = TIMEOUT, patience: float = 0.0) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=timeout)
        self._cookies: dict[str, str] = {}
        self._patience, self._used_at = patience, time.monotonic()
        self.waits = 0

    def get(self, path: str) -> str:
        """The page at that path."""
        return self.send("GET", path, {}, None, 200).text

    def post(self, path: str, fields: dict[str, str]) -> str:
        """Post a form that answers with a redirect; returns where to."""
        body = urlencode(fields).encode()
        return self.send("POST", path, {"Content-Type": "application/x-www-form-urlencoded"}, body, 303).location

    def post_as_script(self, path: str, fields: dict[str, str], headers: dict[str, str]) -> Answer:
        """Post a form by script, whatever the answer is."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", path, form | headers, urlencode(fields).encode(), None)

    def post_json(self, path: str, value: object, headers: dict[str, str]) -> Any:
        """Post JSON as a script does; returns the JSON of the answer."""
        body = json.dumps(value, separators=(",", ":")).encode()
        return json.loads(self.send("POST", path, {"Content-Type": "application/json"} | headers, body, 200).text)

    def post_json_and_leave(self, path: str, value: object, headers: dict[str, str]) -> None:
        """Post JSON and drop the connection without waiting for the answer."""
        body = json.dumps(value, separators=(",", ":")).encode()
        self._connection.request("POST", path, body, self._with_cookies({"Content-Type": "application/json"} | headers))
        self._connection.close()

    def post_file(self, path: str, fields: Mapping[str, str], field: str, name: str, content: bytes) -> Answer:
        """Post a form with a file in it, whatever the answer is."""
        boundary = secrets.token_hex(16)
        heads = [f'name="{field}"' for field in fields] + [f'name="{field}"; filename="{_quoted(name)}"']
        parts = [*(value.encode() for value in fields.values()), content]
        lines = [
            f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + part + b"\r\n"
            for head, part in zip(heads, parts, strict=True)
        ]
        body = b"".join(lines) + f"--{boundary}--\r\n".encode()
        return self.send("POST", path, {"Content-Type": f"multipart/form-data; boundary={boundary}"}, body, None)

    def send(self, method: str, path: str, headers: dict[str, str], body: bytes | None, wanted: int | None) -> Answer:
        """Send a request. Raises Unexpected when another status than `wanted` comes back."""
        until, turn = time.monotonic() + self._patience, 0
        while True:
            response, text = self._once(method, path, headers, body)
            after = _comes_again_after(response)
            if not after or time.monotonic() >= until:
                break
            self.waits += 1
            time.sleep(min(LONGEST, after * 1.5**turn) * random.uniform(0.5, 1.5))
            turn += 1
        if wanted is not None and response.status != wanted:
            told = f"{method} {path}: {response.status} instead of {wanted}: {text[:300]}"
            raise Unexpected(told, _status(response))
        return Answer(response.status, text, response.headers.get("Location", ""))

    def _once(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[http.client.HTTPResponse, str]:
        if time.monotonic() - self._used_at > IDLE:
            self._connection.close()
        self._connection.request(method, path, body, self._with_cookies(headers))
        response = self._connection.getresponse()
        text = response.read().decode()
        self._used_at = time.monotonic()
        for header in response.headers.get_all("Set-Cookie", ()):
            name, _, rest = header.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        return response, text

    def forget(self) -> None:
        """Drop all cookies, as a browser that somebody else opens."""
        self._cookies.clear()

    def close(self) -> None:
        """Close the connection; the next request opens a new one."""
        self._connection.close()

    def _with_cookies(self, headers: dict[str, str]) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return headers | {"Cookie": cookies} if cookies else headers


def _comes_again_after(response: http.client.HTTPResponse) -> float:
    """The seconds after which the server wants to be asked again; 0 where it does not."""
    return float(response.headers.get("Retry-After") or 0) if response.status == 503 else 0.0


def _status(response: http.client.HTTPResponse) -> int:
    """An answer of 503 that does not say when to come again is no better than one of 500."""
    return 500 if response.status == 503 and not response.headers.get("Retry-After") else response.status


def _quoted(name: str) -> str:
    """A file's name as browsers write it into a form."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
