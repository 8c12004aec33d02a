"""One person's way through a contest, request by request: through the product, and through the floor."""

import re
from typing import Protocol

from bench.browser import Browser, Unexpected
from bench.cast import PASSWORD, Person
from bench.stored import Responses

WAYS = {"name": "姓名＋手机后四位", "password": "账号＋密码"}


class Journey(Protocol):
    """What a driver asks of either system. `revision` and `items` are known once `start` has returned."""

    attempt_id: int
    revision: int
    items: int

    def enter(self, person: Person, way: str) -> None:
        """Sign in and come to the page before the start."""

    def start(self) -> None:
        """Start an attempt, or resume it, and open the paper."""

    def save(self, revision: int, responses: Responses) -> None:
        """Send the whole sheet; returns once the server has acknowledged it."""

    def submit(self, revision: int, responses: Responses) -> str:
        """Hand in with the whole sheet; returns where the result is to be seen."""

    def see(self, result: str) -> None:
        """Look at the result. Raises Unexpected for another page."""


class Zhisai:
    """The product, as its own pages and scripts use it."""

    def __init__(self, browser: Browser, slug: str) -> None:
        self._browser, self._slug = browser, slug
        self.attempt_id = self.revision = self.items = 0
        self._token = self._lease = ""

    def enter(self, person: Person, way: str) -> None:
        self._browser.forget()
        rules = f"/c/{self._slug}/rules"
        path = f"/c/{self._slug}" if way == "name" else f"/sign-in?next={rules}"
        fields = {"name": person.name, "tail": person.tail}
        if way == "password":
            fields = {"login": person.login, "password": PASSWORD}
        self._read_token(self._browser.get(path))
        target = self._browser.post(path, {"csrf_token": self._token} | fields)
        if target != rules:
            raise Unexpected(f"sent to {target} instead of {rules}")
        self.open_rules()

    def open_rules(self) -> None:
        """The page before the start."""
        self._read_token(self._browser.get(f"/c/{self._slug}/rules"))

    def start(self) -> None:
        path = self._browser.post(f"/c/{self._slug}/attempts", {"csrf_token": self._token})
        self._read_paper(self._browser.get(path))

    def reopen(self) -> bool:
        """Open the paper again, as after a lost connection; False when it is handed in."""
        answer = self._browser.send("GET", self._path(), {}, None, None)
        if answer.status == 303 and answer.location == self._path("/result"):
            return False
        if answer.status != 200:
            raise Unexpected(f"{answer.status} {answer.location} instead of the paper", answer.status)
        self._read_paper(answer.text)
        return True

    def save_and_leave(self, revision: int, responses: Responses) -> None:
        """Send the whole sheet and drop the connection before the answer comes."""
        self._browser.post_json_and_leave(self._path("/sheet"), self._packet(revision, responses), self._headers())

    def _read_paper(self, page: str) -> None:
        self._read_token(page)
        self.attempt_id = int(found(r'data-attempt="(\d+)"', page))
        self.revision = int(found(r'data-revision="(\d+)"', page))
        self.items = page.count('<section class="item"')
        self._lease = found(r'data-lease="([0-9a-f]+)"', page)

    def save(self, revision: int, responses: Responses) -> None:
        answer = self._browser.post_json(self._path("/sheet"), self._packet(revision, responses), self._headers())
        if answer["state"] != "saved":
            raise Unexpected(f"not saved: {answer}")

    def hand_in(self, revision: int, responses: Responses) -> None:
        """Hand in with the whole sheet and see the result."""
        self.see(self.submit(revision, responses))

    def submit(self, revision: int, responses: Responses) -> str:
        # The page sends the revision that it has; the server counts the form itself as the next one.
        fields = {"csrf_token": self._token, "lease": self._lease, "revision": str(revision - 1), "confirmed": "yes"}
        fields |= {f"r-{item}": str(chosen[0]) for item, chosen in responses.items()}
        return self._browser.post(self._path("/submission"), fields)

    def see(self, result: str) -> None:
        if f"-{self.attempt_id:06d}" not in self._browser.get(result):
            raise Unexpected("a result without its receipt")

    def _packet(self, revision: int, responses: Responses) -> dict[str, object]:
        return {"lease": self._lease, "revision": revision, "responses": responses, "marked": []}

    def _headers(self) -> dict[str, str]:
        return {"X-CSRFToken": self._token}

    def _path(self, noun: str = "") -> str:
        return f"/attempts/{self.attempt_id}{noun}"

    def _read_token(self, page: str) -> None:
        self._token = found(r'name="csrf[-_]token"[^>]*?(?:content|value)="([^"]+)"', page)


class Floor:
    """The bare application of bench/floor.py: the same job."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._token: dict[str, str] = {}
        self.attempt_id = self.revision = self.items = 0

    def enter(self, person: Person, way: str) -> None:
        self._browser.forget()
        self._browser.get("/sign-in")
        fields = {"login": person.login, "password": PASSWORD}
        if way == "name":
            fields = {"name": person.name, "tail": person.tail}
        self._browser.get(self._browser.post("/sign-in", fields))

    def start(self) -> None:
        self._read_paper(self._browser.get(self._browser.post("/attempts", {})))

    def _read_paper(self, page: str) -> None:
        self._read_token(page)
        self.attempt_id = int(found(r'data-attempt="(\d+)"', page))
        self.revision = int(found(r'data-revision="(\d+)"', page))
        self.items = page.count("<section>")

    def save(self, revision: int, responses: Responses) -> None:
        packet = {"revision": revision, "responses": responses}
        headers = {"X-CSRFToken": self._token.get("csrf_token", "")}
        answer = self._browser.post_json(f"/attempts/{self.attempt_id}/sheet", packet, headers)
        if answer["state"] != "saved":
            raise Unexpected(f"not saved: {answer}")

    def submit(self, revision: int, responses: Responses) -> str:
        fields = {f"r-{item}": str(chosen[0]) for item, chosen in responses.items()} | {"revision": str(revision)}
        return self._browser.post(f"/attempts/{self.attempt_id}/submission", fields | self._token)

    def see(self, result: str) -> None:
        if "得分" not in self._browser.get(result):
            raise Unexpected("a result without a score")

    def _read_token(self, page: str) -> None:
        """The floor has none."""


class Usual(Floor):
    """The usual application: the floor's pages with a token in every form."""

    def enter(self, person: Person, way: str) -> None:
        self._browser.forget()
        self._read_token(self._browser.get("/sign-in"))
        fields = {"name": person.name, "tail": person.tail}
        if way == "password":
            fields = {"login": person.login, "password": PASSWORD}
        self._read_token(self._browser.get(self._browser.post("/sign-in", fields | self._token)))

    def start(self) -> None:
        self._read_paper(self._browser.get(self._browser.post("/attempts", self._token)))

    def _read_token(self, page: str) -> None:
        self._token = {"csrf_token": found(r'name="csrf_token" value="([^"]+)"', page)}


def found(pattern: str, page: str) -> str:
    """What the pattern's group matches on the page. Raises Unexpected."""
    match = re.search(pattern, page)
    if match is None:
        raise Unexpected(f"the page has no {pattern}")
    return match[1]
