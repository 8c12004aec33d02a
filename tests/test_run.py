"""`run.py` serves until it is told to stop."""

import os
import resource
import signal

import pytest

import run


@pytest.fixture
def serve(monkeypatch, tmp_path):
    """What the server does each time it is started: the given acts, one after another; returns how often it was."""
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    monkeypatch.setattr(run, "_is_taken", lambda settings: False)
    before = {number: signal.getsignal(number) for number in (signal.SIGUSR1, signal.SIGTERM)}
    signal.signal(signal.SIGTERM, lambda *_: None)

    def with_acts(*acts):
        started = []

        def served(_settings):
            started.append(1)
            acts[len(started) - 1]()

        monkeypatch.setattr(run, "_serve", served)
        return started

    yield with_acts
    for number, handler in before.items():
        signal.signal(number, handler)


def give_up():
    raise SystemExit(1)


def stop():
    """As the server ends when it is told to."""


def test_a_server_that_gave_up_because_its_worker_died_twice_is_started_again(serve, capsys):
    started = serve(give_up, give_up, stop)
    assert run.main() == 0
    assert len(started) == 3
    assert "正在重新启动" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("allowed", "connections", "files"),
    [
        ((1024, 20_000), 16_384, (16_640, 20_000)),
        ((1024, 4096), 3840, (4096, 4096)),
        ((1024, resource.RLIM_INFINITY), 16_384, (16_640, resource.RLIM_INFINITY)),
    ],
)
def test_as_many_connections_may_be_open_as_the_system_allows_files(monkeypatch, allowed, connections, files):
    asked = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: allowed)
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    assert (run._connections(), asked) == (connections, [files])


def test_a_worker_that_cannot_start_ends_the_server_for_good(serve):
    def cannot_start():
        os.kill(os.getpid(), signal.SIGUSR1)
        raise SystemExit(1)

    started = serve(cannot_start)
    assert run.main() == 1
    assert len(started) == 1


def test_a_start_that_fails_on_a_row_names_the_code_and_not_the_row():
    from sqlalchemy.exc import IntegrityError

    error = IntegrityError("INSERT", None, ValueError("Key (login)=(sunju) already exists"))
    assert run._told(error) == "IntegrityError（ValueError）"
