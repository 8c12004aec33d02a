"""`python -m bench.imports`: ten thousand questions from an .xlsx to a finished preview, beside the parser alone."""

import argparse
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from tqdm import tqdm

from app.formats.bank import read_bank
from app.formats.bank_limited import compare_bank_safely
from app.formats.table_writers import write_xlsx
from app.operations.bank_previews import judged
from app.operations.banks import Target
from app.queries.banks import NOTHING_HELD
from app.rules.question import Draft, QuestionKind
from bench.served import ROOT

_PARSER = (
    "import io, sys, python_calamine as parser\n"
    "book = parser.load_workbook(io.BytesIO(sys.stdin.buffer.read()))\n"
    "print(len(book.get_sheet_by_index(0).to_python()))"
)
_ALTERED = 0.45  # of the pairs of signs in a question that is there a second time: alike enough to look real, no more


def workbook(count: int) -> bytes:
    """An .xlsx of so many different questions: the shipped banks, then the same ones with other words in them."""
    banks = sorted((ROOT / "question_banks").glob("*.txt"))
    shipped = [draft for path in banks for draft in read_bank(path.read_bytes(), path.name).usable]
    dice = random.Random(2026)
    words = ["".join(chr(0x4E00 + dice.randrange(3000)) for _ in range(2)) for _ in range(4000)]
    drafts = [
        shipped[n] if n < len(shipped) else _altered(shipped[n % len(shipped)], words, dice) for n in range(count)
    ]
    return write_xlsx("测量用题库", drafts)


def _altered(draft: Draft, words: Sequence[str], dice: random.Random) -> Draft:
    def said(text: str) -> str:
        pairs = (text[place : place + 2] for place in range(0, len(text), 2))
        return "".join(dice.choice(words) if dice.random() < _ALTERED else pair for pair in pairs)

    keeps = draft.kind is QuestionKind.TRUE_FALSE
    options = draft.options if keeps else tuple(map(said, draft.options))
    return Draft(
        draft.kind, said(draft.stem), options, draft.key, draft.explanation, draft.source, draft.topic, draft.difficulty
    )  # fmt: skip


def floor(content: bytes) -> int:
    """A child that turns the same bytes into rows and does nothing with them; returns how many."""
    done = subprocess.run([sys.executable, "-I", "-c", _PARSER], input=content, stdout=subprocess.PIPE, check=True)
    return int(done.stdout)


def preview(content: bytes) -> int:
    """All that happens between an upload and the first page of its preview, but for the database; counts the rows."""
    compared = compare_bank_safely(content, "题库.xlsx", ())
    return len(judged(compared, Target("测量用题库", None), NOTHING_HELD)["rows"])


def seconds(work: Callable[[bytes], int], content: bytes) -> tuple[float, float, int]:
    """Processor seconds of this process and its children, seconds on the clock, and what the work answered."""
    began, before = time.monotonic(), _spent()
    answer = work(content)
    return _spent() - before, time.monotonic() - began, answer


def measured(count: int, pairs: int, *, is_quiet: bool = False) -> dict[str, Any]:
    """Floor and product, alternately, so many times. Raises AssertionError when a question is missing."""
    content = workbook(count)
    seconds(floor, content), seconds(preview, content)  # imports are done once, and not measured in this process
    bare, own = [], []
    for _ in tqdm(range(pairs), unit="对", leave=False, disable=True if is_quiet else None):
        bare.append(seconds(floor, content))
        own.append(seconds(preview, content))
    assert {answer for _, _, answer in bare} == {count + 1} and {answer for _, _, answer in own} == {count}
    return {
        "questions": count,
        "bytes": len(content),
        "pairs": pairs,
        "floor": _medians(bare),
        "zhisai": _medians(own),
        "ratio": round(statistics.median(mine[0] / floor[0] for floor, mine in zip(bare, own, strict=True)), 1),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 2)},
    }


def main(arguments: Sequence[str] | None = None) -> int:
    about = "一万题的 .xlsx 从上传到看得见预览，耗多少 CPU；与只解析表格的下限并排。"
    parser = argparse.ArgumentParser(prog="python -m bench.imports", description=about)
    parser.add_argument("--questions", type=int, default=10_000, help="多少题（默认 10000）")
    parser.add_argument("--pairs", type=int, default=5, help="交替测几对，取中位数（默认 5）")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    options = parser.parse_args(arguments)
    if min(options.questions, options.pairs) < 1:
        parser.error("题数和对数都至少为 1。")
    summary = measured(options.questions, options.pairs, is_quiet=options.json)
    print(json.dumps(summary, ensure_ascii=False, indent=2) if options.json else _told(summary))
    return 0


def _spent() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _medians(found: list[tuple[float, float, int]]) -> dict[str, Any]:
    return {
        "cpu_seconds": round(statistics.median(cpu for cpu, _, _ in found), 2),
        "cpu_seconds_of_each": [round(cpu, 2) for cpu, _, _ in found],
        "seconds": round(statistics.median(clock for _, clock, _ in found), 2),
    }


def _told(summary: dict[str, Any]) -> str:
    bare, own, machine = summary["floor"], summary["zhisai"], summary["machine"]
    return "\n".join([
        f"{summary['questions']} 题的 .xlsx（{summary['bytes'] / 1e6:.1f} MB），"
        f"交替测 {summary['pairs']} 对，取中位数。",
        f"{machine['cores']} 核，Python {machine['python']}，测完时负载 {machine['load']}。",
        f"  只解析表格（下限）  CPU {bare['cpu_seconds']} 秒，历时 {bare['seconds']} 秒",
        f"  从上传到预览        CPU {own['cpu_seconds']} 秒，历时 {own['seconds']} 秒",
        f"  预览 ÷ 下限 = {summary['ratio']}",
    ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
