"""`python -m bench.fuzz`: upload damaged and hostile bank files to the real server, and count what they did to it."""

import argparse
import collections
import http.client
import json
import queue
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from bench import cast, stored, traces
from bench.answering import Answering
from bench.browser import Browser
from bench.installation import Installation, appoint, furnish
from bench.journeys import found
from bench.served import Served
from tests.corpus.mutations import mutant
from tests.corpus.nasty_books import BOOKS
from tests.corpus.nasty_texts import TEXTS

UPLOAD = "/manage/banks/upload"
EVERY = 25  # one file in so many is made to hurt, the others are damaged by chance
NUMBERS_A_SEED = 10_000_000
LONGEST_WAIT = 150.0  # two files are read at a time, each for 40 seconds at most, and four clients wait
ANSWERS = {200: "拒收并说明", 303: "读成预览", 413: "超过大小"}
PEOPLE = 40
TOKEN = r'name="csrf[-_]token"[^>]*?(?:content|value)="([^"]+)"'
END = ("", b"")


@dataclass
class Outcome:
    """What an evening of bad files showed. `faults` is empty when the server took them all in its stride."""

    files: int = 0
    seconds: float = 0.0
    statuses: collections.Counter[str] = field(default_factory=collections.Counter)
    waits: list[tuple[float, str]] = field(default_factory=list)
    saves: int = 0
    faults: list[str] = field(default_factory=list)


class Uploader(threading.Thread):
    """An organizer who uploads one file after the other and looks at each preview."""

    def __init__(
        self, port: int, files: "queue.Queue[tuple[str, bytes]]", outcome: Outcome, lock: threading.Lock
    ) -> None:
        super().__init__(daemon=True)
        self._browser, self._files = Browser(port, LONGEST_WAIT), files
        self._outcome, self._lock, self._token = outcome, lock, ""

    def sign_in(self, login: str) -> None:
        """Sign in; before the thread starts."""
        self._token = found(TOKEN, self._browser.get("/sign-in"))
        self._browser.post("/sign-in", {"csrf_token": self._token, "login": login, "password": cast.PASSWORD})
        self._token = found(TOKEN, self._browser.get(UPLOAD))

    def run(self) -> None:
        while (taken := self._files.get()) != END:
            began, fault = time.monotonic(), ""
            try:
                status, fault = self._upload(*taken)
            except (OSError, http.client.HTTPException, ValueError) as error:
                status, fault = "没有应答", repr(error)
                self._browser.close()
            with self._lock:
                self._outcome.files += 1
                self._outcome.statuses[status] += 1
                self._outcome.waits.append((time.monotonic() - began, taken[0]))
                if fault:
                    self._outcome.faults.append(f"{taken[0]}: {fault}")

    def _upload(self, name: str, content: bytes) -> tuple[str, str]:
        shown = name.partition("#")[2]
        answer = self._browser.post_file(
            UPLOAD, {"csrf_token": self._token, "bank": "", "title": ""}, "file", shown, content
        )
        status = f"{answer.status} {ANSWERS.get(answer.status, '')}"
        if answer.status == 303:
            preview = self._browser.send("GET", answer.location, {}, None, None)
            return status, "" if preview.status == 200 else f"its preview answers {preview.status}"
        if answer.status == 200:
            return status, "" if 'class="error"' in answer.text else "it was refused without a word"
        return status, "" if answer.status == 413 else f"answered {answer.status}"


def fuzz(
    folder: Path, count: int, seed: int, *, at_once: int = 4, minutes: float = 45, is_quiet: bool = False
) -> Outcome:
    """Upload so many files, the same ones for the same seed, while somebody answers a paper. Ends after `minutes`."""
    outcome, scratch = Outcome(), folder / "tmp"
    scratch.mkdir()
    made = furnish(folder / "instance", cast.people(PEOPLE), items=20, pool=60)
    organizer = made.people[0].login
    appoint(made, organizer)
    before, escaped = _held(made), traces.escaped(folder)
    with made.serve({"TMPDIR": str(scratch), "HOME": str(scratch)}) as server:
        answering = Answering(server.port, made.slug, made.people[1:])
        answering.start()
        began, alive = time.monotonic(), server.processes()
        _upload_all(server, organizer, _files(count, seed), outcome, at_once, began + minutes * 60, count, is_quiet)
        outcome.seconds = time.monotonic() - began
        answering.stop()
        outcome.saves = answering.saves
        outcome.faults += answering.faults
        outcome.faults += _left(server, alive)
    outcome.faults += traces.found_in(made.folder, scratch, since=escaped)
    if (after := _held(made)) != before:
        outcome.faults.append(f"something was written that nobody confirmed: {before} became {after}")
    return outcome


def _files(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """(number and name, content); every so many of them one that is made to hurt."""
    hostile = list({**TEXTS, **BOOKS}.items())
    for number in range(count):
        if number % EVERY == 0:
            name, make = hostile[(number // EVERY + seed) % len(hostile)]
            content = make()
        else:
            made = mutant(seed * NUMBERS_A_SEED + number)
            name, content = made.name, made.content
        yield f"{number}#{name}", content


def _upload_all(
    server: Served, login: str, files: Iterator[tuple[str, bytes]], outcome: Outcome, at_once: int, until: float,
    count: int, is_quiet: bool,
) -> None:  # fmt: skip
    waiting: queue.Queue[tuple[str, bytes]] = queue.Queue(at_once * 2)
    lock = threading.Lock()
    uploaders = [Uploader(server.port, waiting, outcome, lock) for _ in range(at_once)]
    for uploader in uploaders:
        uploader.sign_in(login)
        uploader.start()
    for file in tqdm(files, total=count, unit="个", leave=False, disable=True if is_quiet else None):
        if time.monotonic() > until:
            break
        waiting.put(file)
    for _ in uploaders:
        waiting.put(END)
    for uploader in uploaders:
        uploader.join(LONGEST_WAIT * 2)


def _left(server: Served, alive: list[int]) -> Iterator[str]:
    """What is wrong with the server's processes once all is answered."""
    until = time.monotonic() + 5
    while (left := set(server.processes()) - set(alive)) and time.monotonic() < until:
        time.sleep(0.1)
    if not set(alive) <= set(server.processes()):
        yield "a process of the server has died"
    if left or traces.orphans():
        yield f"{len(left) + len(traces.orphans())} reading processes were left behind"
    try:
        Browser(server.port).get("/healthz")
    except Exception as error:  # whatever it is: the server does not answer
        yield f"the server does not answer any more: {error!r}"


def _held(made: Installation) -> list[int]:
    connection = stored.reading(made.database)
    try:
        tables = ("questions", "question_banks", "quizzes", "users")
        return [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]
    finally:
        connection.close()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.fuzz", description="把损坏的和恶意的题库文件传给真实的服务器。"
    )
    parser.add_argument("--files", type=int, default=1000, help="多少个文件（默认 1000）")
    parser.add_argument("--seed", type=int, default=1, help="种子，同一种子是同一批文件（默认 1）")
    parser.add_argument("--at-once", type=int, default=4, help="同时几人上传（默认 4）")
    parser.add_argument("--minutes", type=float, default=45, help="最多几分钟（默认 45）")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    options = parser.parse_args(arguments)
    if min(options.files, options.at_once) < 1 or options.seed < 0:
        parser.error("文件数和人数都至少为 1，种子不小于 0。")
    with tempfile.TemporaryDirectory(prefix="zhisai-fuzz-") as folder:
        outcome = fuzz(
            Path(folder), options.files, options.seed, at_once=options.at_once, minutes=options.minutes,
            is_quiet=options.json,
        )  # fmt: skip
    summary = _summary(outcome) | {"seed": options.seed, "asked": options.files}
    print(json.dumps(summary, ensure_ascii=False, indent=2) if options.json else _told(summary))
    return 1 if outcome.faults else 0


def _summary(outcome: Outcome) -> dict[str, object]:
    waits = sorted(outcome.waits)
    at = [waits[min(len(waits) - 1, len(waits) * percent // 100)][0] for percent in (50, 99)] if waits else [0.0, 0.0]
    return {
        "files": outcome.files,
        "minutes": round(outcome.seconds / 60, 1),
        "answers": dict(outcome.statuses.most_common()),
        "seconds": {"p50": round(at[0], 2), "p99": round(at[1], 2)},
        "longest": [[round(seconds, 1), name] for seconds, name in waits[:-4:-1]],
        "saves_meanwhile": outcome.saves,
        "faults": outcome.faults,
    }


def _told(summary: dict[str, object]) -> str:
    answers, longest, faults = summary["answers"], summary["longest"], summary["faults"]
    assert isinstance(answers, dict) and isinstance(longest, list) and isinstance(faults, list)
    lines = [
        f"上传 {summary['files']} 个文件（种子 {summary['seed']}），用了 {summary['minutes']} 分钟，"
        f"应答秒数 {summary['seconds']}。",
        *(f"  {answer:<16} {count:>7}" for answer, count in answers.items()),
        "最慢的：" + "，".join(f"{seconds} 秒 {name}" for seconds, name in longest),
        f"同时确认的保存 {summary['saves_meanwhile']} 次。",
        f"出错（500、断开、残留进程、多出的文件、未确认的写入）：{len(faults)} 处。",
    ]
    return "\n".join(lines + [f"  ! {fault}" for fault in faults[:20]])


if __name__ == "__main__":
    sys.exit(main())
