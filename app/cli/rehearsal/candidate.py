"""One made-up person's way through a contest: the pages, forms and messages of a real one, in the same order."""

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.cli.rehearsal.browser import Answer, Browser, Unreached
from app.rules.rehearsal import Account, Extra, Pace
from app.rules.rehearsal_verdict import Step

SAVE_PATIENCE, LONGEST_WAIT = 12.0, 20.0  # as static/js/saving.js
NEWS_AFTER, NEWS_BEFORE = 40.0, 60.0  # as static/js/news.js
ERRORS_KEPT = 20
_TOKEN = re.compile(r'name="csrf[-_]token"[^>]*?(?:content|value)="([^"]+)"')
_ITEM = re.compile(r'<section class="item" id="q(\d+)" data-index="\d+" data-kind="(\w+)"')
_OPTION = re.compile(r'name="r-(\d+)" value="(\d+)"')


class Unexpected(RuntimeError):
    """The site answered as it should not."""


@dataclass
class Notes:
    """What all of them saw together. Times in seconds; `answers` counts requests that were answered."""

    waits: dict[Step, list[float]] = field(default_factory=lambda: {step: [] for step in Step})
    answers: int = 0
    busy: int = 0
    unreached: int = 0
    faults: int = 0
    errors: list[str] = field(default_factory=list)
    arrived: int = 0
    started: int = 0
    saves: int = 0
    handed_in: int = 0
    finished: int = 0

    def fail(self, told: str) -> None:
        self.faults += 1
        if told not in self.errors and len(self.errors) < ERRORS_KEPT:
            self.errors.append(told)


class Candidate:
    """Somebody who takes part. `account` is what the site has promised."""

    def __init__(self, extra: Extra, browser: Browser, slug: str, notes: Notes) -> None:
        self.account = Account(extra.user_id)
        self._extra, self._browser, self._slug, self._notes = extra, browser, slug, notes
        self._dice = random.Random(extra.user_id)
        self._token = self._lease = ""
        self._revision = 0
        self._open: list[tuple[str, bool, list[int]]] = []  # items still to be answered: number, several, places
        self._responses: dict[str, list[int]] = {}

    async def take_part(self, pace: Pace, began: float) -> None:
        """From the link to the result page, at that pace; `began` is when all of it began (monotonic)."""
        try:
            await _until(began + pace.arrives)
            self._notes.arrived += 1
            await self._enter()
            await self._start()
            for left, at in zip(range(len(pace.saves), 0, -1), pace.saves, strict=True):
                await self._wait(began + at)
                await self._save(-(-len(self._open) // left))
            await self._wait(began + pace.hands_in)
            await self._hand_in()
            self._notes.finished += 1
        except Unexpected as error:
            self._notes.fail(str(error))
        finally:
            self._browser.close()

    async def _enter(self) -> None:
        entry, rules = f"/c/{self._slug}", f"/c/{self._slug}/rules"
        with self._timed(Step.ENTER):
            page = await self._page(entry)
        await self._furnish(page)
        fields = {"csrf_token": _found(_TOKEN, page), "name": self._extra.name, "tail": self._extra.tail}
        with self._timed(Step.ENTER):
            # static/js/waiting.js sends the form, and follows by itself
            answer = await self._until_taken(lambda: self._browser.post(entry, fields, {"X-Waits": "yes"}))
            if answer.headers.get("x-location") != rules:
                raise Unexpected(f"进入：得到 {answer.status}，没有转到规则页")
            page = await self._page(rules)
        await self._furnish(page)
        self._token = _found(_TOKEN, page)

    async def _start(self) -> None:
        start, fields = f"/c/{self._slug}/attempts", {"csrf_token": self._token}
        with self._timed(Step.START):
            answer = await self._until_taken(lambda: self._browser.post(start, fields))
            page = await self._page(_location(answer, "开考"))
            self._read(page)
        await self._furnish(page)
        self._notes.started += 1
        self._ask_news_later()

    def _read(self, page: str) -> None:
        self._token, self._lease = _found(_TOKEN, page), _found(re.compile(r'data-lease="([0-9a-f]+)"'), page)
        self._revision = int(_found(re.compile(r'data-revision="(\d+)"'), page))
        self.account.attempt_id = int(_found(re.compile(r'data-attempt="(\d+)"'), page))
        places: dict[str, list[int]] = {}
        for number, place in _OPTION.findall(page):
            places.setdefault(number, []).append(int(place))
        kinds = dict(_ITEM.findall(page))
        several = ("multiple_choice", "any_number")
        self._open = [(number, kinds.get(number) in several, places[number]) for number in places]
        self._dice.shuffle(self._open)

    async def _save(self, items: int) -> None:
        """Answer so many items more, and save."""
        for _ in range(min(items, len(self._open))):
            number, several, places = self._open.pop()
            count = self._dice.randint(1, len(places)) if several else 1
            self._responses[number] = sorted(self._dice.sample(places, count))
        self._revision += 1
        revision, responses = self._revision, dict(self._responses)
        self.account.sent[revision] = responses
        packet = {"lease": self._lease, "revision": revision, "responses": responses, "marked": []}
        headers, path = {"X-CSRFToken": self._token}, f"{self._paper}/sheet"
        with self._timed(Step.SAVE):
            send = self._browser.post_json
            answer = await self._until_taken(lambda: send(path, packet, headers, SAVE_PATIENCE))
            if answer.status != 200 or answer.json().get("state") != "saved":
                raise Unexpected(f"保存：得到 {answer.status} {answer.body[:80]!r}")
        self.account.acknowledged, self.account.saves = revision, self.account.saves + 1
        self._notes.saves += 1

    async def _hand_in(self) -> None:
        fields = {"csrf_token": self._token, "confirmed": "yes"}
        with self._timed(Step.HAND_IN):
            answer = await self._until_taken(lambda: self._browser.post(f"{self._paper}/submission", fields))
            result = _location(answer, "交卷")
            self.account.has_handed_in = result == f"{self._paper}/result"
            page = await self._page(result)
        if f"-{self.account.attempt_id:06d}" not in page:
            raise Unexpected("成绩页上没有回执编号")
        self._notes.handed_in += 1
        await self._furnish(page)

    @property
    def _paper(self) -> str:
        return f"/attempts/{self.account.attempt_id}"

    async def _page(self, path: str) -> str:
        answer = await self._until_taken(lambda: self._browser.get(path))
        if answer.status != 200:
            raise Unexpected(f"打开 {_plain(path)}：得到 {answer.status}")
        return answer.text

    async def _furnish(self, page: str) -> None:
        """What does not arrive is missed; the page works without."""
        try:
            answers = await self._browser.furnish(page)
        except Unreached:
            self._notes.unreached += 1
            return
        self._notes.answers += len(answers)
        self._notes.busy += sum(answer.retry_after is not None for answer in answers)
        for answer in answers:
            if answer.status >= 500 and answer.retry_after is None:
                self._notes.fail(f"页面的文件：得到 {answer.status}")

    def _ask_news_later(self) -> None:
        self._news_at = time.monotonic() + self._dice.uniform(NEWS_AFTER, NEWS_BEFORE)

    async def _wait(self, until: float) -> None:
        """Until then; the open page asks for news meanwhile."""
        while self._news_at < until:
            await _until(self._news_at)
            try:
                await self._browser.get(f"{self._paper}/news")
                self._notes.answers += 1
            except Unreached:
                self._notes.unreached += 1
            self._ask_news_later()
        await _until(until)

    async def _until_taken(self, send: Callable[[], Awaitable[Answer]]) -> Answer:
        """Send until an answer comes that is neither “come again” nor a failure: nobody gives up so near the end."""
        failures = 0
        while True:
            failures += 1
            least = 0.0
            try:
                answer = await send()
                self._notes.answers += 1
                if answer.status < 500 and answer.status != 429:
                    return answer
                least = self._note_refusal(answer)
            except Unreached:
                self._notes.unreached += 1
            wait = min(LONGEST_WAIT, 2.0 ** (failures - 1))
            await asyncio.sleep(max(least, wait / 2) + self._dice.random() * wait / 2)

    def _note_refusal(self, answer: Answer) -> float:
        if answer.retry_after is None:
            self._notes.fail(f"服务器出错：得到 {answer.status}")
            return 0.0
        self._notes.busy += 1
        return answer.retry_after

    @contextmanager
    def _timed(self, step: Step) -> Iterator[None]:
        """How long the person waits, tries that were in vain included."""
        began = time.perf_counter()
        yield
        self._notes.waits[step].append(time.perf_counter() - began)


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.monotonic()))


def _location(answer: Answer, step: str) -> str:
    if answer.status != 303:
        raise Unexpected(f"{step}：得到 {answer.status}，没有转到下一页")
    return answer.headers.get("location", "")


def _found(pattern: re.Pattern[str], page: str) -> str:
    match = pattern.search(page)
    if match is None:
        raise Unexpected(f"页面上没有 {pattern.pattern}")
    return match[1]


def _plain(path: str) -> str:
    """A path for people: without the secret of the rehearsal, without numbers."""
    return re.sub(r"yanlian-[0-9a-f]+", "…", re.sub(r"\d+", "…", path) if path.startswith("/attempts") else path)
