"""`python -m bench.logins`: what a login storm does to the saves of those who are answering already.

The same saves are made at the same pace twice: alone, and while 40 people sign in at once with passwords, again and
again. Whoever is asked to wait comes again as the page's script does.
"""

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import cast, installation
from bench.browser import Browser
from bench.cast import PASSWORD, Person
from bench.journeys import Zhisai, found
from bench.stored import Responses

ITEMS, POOL, SAVERS = 50, 120, 8
LONGEST = 5.0  # seconds between two tries, as in static/js/waiting.js


@dataclass
class Seen:
    """Milliseconds of every save; of every login from the first try on; and how often somebody was asked to wait."""

    saves: list[float] = field(default_factory=list)
    logins: list[float] = field(default_factory=list)
    waits: int = 0
    errors: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    people = cast.people(SAVERS + options.logins)
    with tempfile.TemporaryDirectory(prefix="zhisai-logins-") as folder:
        made = installation.furnish(Path(folder), people, items=ITEMS, pool=POOL)
        with made.serve() as server:
            savers = [_answering(server.port, made.slug, person) for person in people[:SAVERS]]
            quiet = _measure(savers, options, [], server.port)
            before = server.cpu()
            storm = _measure(savers, options, people[SAVERS:], server.port)
            cpu = server.cpu() - before
    figures = _figures(quiet, storm, cpu)
    print(json.dumps(figures, ensure_ascii=False, indent=2) if options.json else _table(figures, options))
    return 1 if quiet.errors or storm.errors else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.logins", description="许多人同时登录时，保存有多快。")
    parser.add_argument("--logins", type=int, default=240, help="一共多少人用密码登录（默认 240）")
    parser.add_argument("--at-once", type=int, default=40, help="每次同时多少人（默认 40）")
    parser.add_argument("--every", type=float, default=2.4, help="隔几秒来一批（默认 2.4，即 60 秒 1000 人）")
    parser.add_argument("--pace", type=float, default=0.25, help=f"{SAVERS} 个答题的人各隔几秒保存一次（默认 0.25）")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    return parser.parse_args(arguments)


def _answering(port: int, slug: str, person: Person) -> Zhisai:
    journey = Zhisai(Browser(port), slug)
    journey.enter(person, "name")
    journey.start()
    return journey


def _measure(savers: list[Zhisai], options: argparse.Namespace, people: list[Person], port: int) -> Seen:
    """Saves for as long as the logins last, or for the same while without any."""
    seen, over = Seen(), threading.Event()
    saving = [threading.Thread(target=_save, args=(journey, options.pace, seen, over)) for journey in savers]
    for thread in saving:
        thread.start()
    if people:
        _sign_all_in(people, options, port, seen)
    else:
        time.sleep(options.logins / options.at_once * options.every)
    over.set()
    for thread in saving:
        thread.join()
    return seen


def _save(journey: Zhisai, pace: float, seen: Seen, over: threading.Event) -> None:
    responses: Responses = {}
    while not over.wait(pace * random.uniform(0.5, 1.5)):
        responses[str(journey.revision % journey.items + 1)] = [random.randrange(4)]
        journey.revision += 1
        began = time.perf_counter()
        try:
            journey.save(journey.revision, responses)
        except Exception as error:
            seen.errors.append(f"save: {error}")
            return
        seen.saves.append((time.perf_counter() - began) * 1000)


def _sign_all_in(people: list[Person], options: argparse.Namespace, port: int, seen: Seen) -> None:
    began, threads = time.monotonic(), list[threading.Thread]()
    for start in range(0, len(people), options.at_once):
        time.sleep(max(0.0, began + start / options.at_once * options.every - time.monotonic()))
        group = [
            threading.Thread(target=_sign_in, args=(p, port, seen)) for p in people[start : start + options.at_once]
        ]
        for thread in group:
            thread.start()
        threads += group
    for thread in threads:
        thread.join()


def _sign_in(person: Person, port: int, seen: Seen) -> None:
    browser, began = Browser(port), time.perf_counter()
    try:
        token = found(r'name="csrf_token"[^>]*?value="([^"]+)"', browser.get("/sign-in"))
        fields = {"csrf_token": token, "login": person.login, "password": PASSWORD}
        for turn in range(30):
            answer = browser.post_as_script("/sign-in", fields, {"X-Waits": "yes"})
            if answer.status == 204:
                seen.logins.append((time.perf_counter() - began) * 1000)
                return
            if answer.status != 503:
                break
            seen.waits += 1
            time.sleep(min(LONGEST, 1.5**turn) * random.uniform(0.5, 1.5))
        seen.errors.append(f"{person.login}: {answer.status}")
    except Exception as error:  # one person's trouble must not end the others' run
        seen.errors.append(f"{person.login}: {error}")
    finally:
        browser.close()


def _figures(quiet: Seen, storm: Seen, cpu: float) -> dict[str, Any]:
    return {
        "saves_alone_ms": _spread(quiet.saves),
        "saves_beside_logins_ms": _spread(storm.saves),
        "logins_ms": _spread(storm.logins),
        "asked_to_wait": storm.waits,
        "server_cpu_seconds": round(cpu, 1),
        "errors": quiet.errors + storm.errors,
    }


def _spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    at = {f"p{p}": round(ordered[min(len(ordered) - 1, len(ordered) * p // 100)], 1) for p in (50, 95, 99) if ordered}
    return {"count": len(ordered)} | at


def _table(figures: dict[str, Any], options: argparse.Namespace) -> str:
    rows = {
        "保存，没有人登录": "saves_alone_ms",
        "保存，同时在登录": "saves_beside_logins_ms",
        "登录，连排队": "logins_ms",
    }
    lines = [
        f"{SAVERS} 人在答题，各隔约 {options.pace} 秒保存一次；"
        f"{options.logins} 人用密码登录，每 {options.every} 秒一批 {options.at_once} 人。"
    ]
    for name, key in rows.items():
        spread = "，".join(f"{point} {value}" for point, value in figures[key].items() if point != "count")
        lines.append(f"  {name}：{figures[key]['count']} 次，{spread} 毫秒")
    lines.append(f"  请稍等 {figures['asked_to_wait']} 次；登录期间服务器用了 {figures['server_cpu_seconds']} 秒 CPU")
    return "\n".join([*lines, *(f"  ! {error}" for error in figures["errors"][:5])])


if __name__ == "__main__":
    sys.exit(main())
