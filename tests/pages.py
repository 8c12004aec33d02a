"""What holds for every page that any test fetches: a title, labelled fields, no script or style in the page."""

from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

UNLABELLED = {"hidden", "submit", "button", "reset", "image"}
FIELDS = {"input", "select", "textarea"}
REDIRECTS = {301, 302, 303, 307, 308}


class CheckedClient(FlaskClient):
    """A test client that looks at every page before the test does, and posts forms with the token of their page."""

    token = ""  # the newest one seen on a page

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.status_code not in REDIRECTS:
            page = _read(response.get_data(as_text=True))
            self.token = page.token or self.token
            assert page.all_faults() == [], f"{response.request.path}: {page.all_faults()}"
        return response

    def submit(self, path: str, data: dict[str, Any] | None = None, *, page: str, **kwargs: Any) -> TestResponse:
        """Open the page that shows the form, then post the form to its path as a browser would."""
        self.get(page)
        return self.post(path, data={"csrf_token": self.token, **(data or {})}, **kwargs)


def faults(html: str) -> list[str]:
    """What is wrong with a page, or with a part of one that a script asked for; empty when nothing is."""
    return _read(html).all_faults()


def _read(html: str) -> "_Page":
    page = _Page()
    page.feed(html)
    page.close()
    return page


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.is_whole = False
        self.language: str | None = None
        self.title = ""
        self.token = ""
        self.faults: list[str] = []
        self.fields: list[tuple[str, str | None]] = []  # those that must be labelled by their id
        self.labelled: set[str] = set()
        self.twice: set[str] = set()
        self._ids: set[str] = set()
        self._in_title = False
        self._labels = 0

    def all_faults(self) -> list[str]:
        found = list(self.faults)
        if self.is_whole and not self.title.strip():
            found.append("no title")
        if self.is_whole and self.language is None:
            found.append("no language")
        found += [f"a field without label: {name}" for name, mark in self.fields if mark not in self.labelled]
        found += [f"two elements with the id {name}" for name in sorted(self.twice)]
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self._note_id(values.get("id"))
        self._look_for_code(tag, values)
        if tag == "html":
            self.is_whole, self.language = True, values.get("lang")
        elif tag == "meta" and values.get("name") == "csrf-token":
            self.token = values.get("content") or ""
        elif tag == "title":
            self._in_title = not self.title  # an SVG may have titles of its own
        elif tag == "label":
            self._labels += 1
            self.labelled.add(values.get("for") or "")
        elif tag in FIELDS:
            self._note_field(tag, values)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        elif tag == "label":
            self._labels -= 1

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data

    def _note_id(self, name: str | None) -> None:
        if name is not None:
            (self.twice if name in self._ids else self._ids).add(name)

    def _note_field(self, tag: str, values: dict[str, str | None]) -> None:
        if values.get("name") == "csrf_token":
            self.token = values.get("value") or ""
        silent = tag == "input" and values.get("type") in UNLABELLED
        if not (silent or self._labels or values.get("aria-label") or values.get("aria-labelledby")):
            self.fields.append((values.get("name") or tag, values.get("id")))

    def _look_for_code(self, tag: str, values: dict[str, str | None]) -> None:
        if tag == "script" and "src" not in values and values.get("type") != "application/json":
            self.faults.append("an inline script")
        if tag == "style" or "style" in values:
            self.faults.append(f"an inline style on {tag}")
        self.faults += [f"{name} on {tag}" for name in values if name.startswith("on")]
        if any((value or "").strip().lower().startswith("javascript:") for value in values.values()):
            self.faults.append(f"a javascript: address on {tag}")
