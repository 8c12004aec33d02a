"""The limited child: one function of the application run in a process of its own, bytes in, a JSON value out.

What comes from outside (spreadsheets above all) may abort a parser or eat all memory; here it ends a child and
nothing else. Run as a program, this file is that child.
"""

import contextlib
import gc
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

JsonValue = Any

_ROOT = Path(__file__).resolve().parent.parent
_ANSWER_MB = 256
_OPEN_FILES = 64
_MEMORY_SPENT = 90
# the only variables that the child sees; one thread each keeps numeric libraries within the memory limit
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


class SandboxError(Exception):
    """The child gave no answer."""


class TooLarge(SandboxError):
    """The child wanted more memory, or answered at greater length, than it was allowed."""


class TooSlow(SandboxError):
    """The child used up its processor time or its time on the clock."""


class Crashed(SandboxError):
    """The child died, or its function raised."""


# Two children at a time: each may take its full memory, and the saves of a contest go on meanwhile.
_SLOTS = threading.BoundedSemaphore(2)


def run_limited(
    function: str, payload: bytes | Path, *, memory_mb: int = 768, cpu_seconds: int = 20, wall_seconds: float = 40
) -> JsonValue:
    """What `function` ("app.formats.spreadsheet:read_cells") answers when called with the payload's bytes.

    Raises TooLarge, TooSlow or Crashed; leaves no process behind.
    """
    if not _SLOTS.acquire(timeout=wall_seconds):
        raise TooSlow("too many files are being read at once")
    try:
        return _run(function, payload, memory_mb, cpu_seconds, wall_seconds)
    finally:
        _SLOTS.release()


def _run(function: str, payload: bytes | Path, memory_mb: int, cpu_seconds: int, wall_seconds: float) -> JsonValue:
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as complaint, _opened(payload) as source:
        child = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", __file__, function, str(memory_mb), str(cpu_seconds)],
            stdin=source,
            stdout=answer,
            stderr=complaint,
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
        try:
            status = child.wait(wall_seconds)
        except subprocess.TimeoutExpired:
            raise TooSlow(f"no answer within {wall_seconds} s") from None
        finally:
            _end_group(child)
        return _answer(status, _whole(answer), _whole(complaint)[-2000:])


def _opened(payload: bytes | Path) -> IO[bytes]:
    if isinstance(payload, Path):
        return payload.open("rb")
    source = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    source.write(payload)
    source.seek(0)
    return source


def _end_group(child: "subprocess.Popen[bytes]") -> None:
    # the group may hold grandchildren after the child itself has ended
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _whole(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _answer(status: int, answer: bytes, complaint: bytes) -> JsonValue:
    if status == 0:
        return json.loads(answer)
    words = complaint.decode("utf-8", "replace").strip()
    if status == _MEMORY_SPENT or b"memory allocation of" in complaint or b"capacity overflow" in complaint:
        raise TooLarge(words)
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        raise TooSlow("processor time used up")
    raise Crashed(f"status {status}: {words}")


def _serve(function: str, memory_mb: int, cpu_seconds: int) -> int:
    """The child's whole life: limits first, then the function, then its answer."""
    answer = _claim_output()
    _limit(memory_mb, cpu_seconds)
    # a child holds what it reads until its end: looking through it for rings again and again is a sixth of its work
    gc.set_threshold(200_000, 50, 50)
    sys.path.insert(0, str(_ROOT))
    try:
        value = _function(function)(sys.stdin.buffer.read())
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        with os.fdopen(answer, "wb") as out:
            out.write(text)
    except MemoryError:
        return _MEMORY_SPENT
    except OSError as error:  # an answer beyond RLIMIT_FSIZE
        print(error, file=sys.stderr)
        return _MEMORY_SPENT
    return 0


def _claim_output() -> int:
    # a library that prints must not write into the answer
    answer = os.dup(1)
    os.dup2(2, 1)
    return answer


def _limit(memory_mb: int, cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_ANSWER_MB << 20, _ANSWER_MB << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _function(name: str) -> Callable[[bytes], JsonValue]:
    module, _, function = name.partition(":")
    if not module.startswith("app."):
        raise ValueError(f"not a function of this application: {name}")
    found: Callable[[bytes], JsonValue] = getattr(importlib.import_module(module), function)
    return found


if __name__ == "__main__":
    status = _serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    sys.stderr.flush()
    os._exit(status)  # tidying away what a large file became takes as long as some of its work
