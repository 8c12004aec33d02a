"""The bench itself: it waits where it is asked to, sees what is stored, and says what was met."""

import http.server
import json
import threading
from contextlib import contextmanager

import pytest

from bench import __main__ as bench
from bench import stored
from bench.browser import Browser, Unexpected
from bench.printing import Finding, Goal, percentile, told
from bench.stored import Judge, Sheet


@contextmanager
def server(*answers):
    """Gives these answers one after another, each a status and headers; yields the port and what it was sent."""
    left, seen = list(answers), []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            seen.append(self.rfile.read(int(self.headers["Content-Length"])))
            status, headers = left.pop(0)
            self.send_response(status)
            for name, value in ({"Content-Length": "0"} | headers).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield served.server_address[1], seen
        served.shutdown()
        thread.join()


BUSY = (503, {"Retry-After": "4"})
DONE = (303, {"Location": "/done"})


@pytest.fixture
def naps(monkeypatch):
    """How long the browser slept, which it does in no time here."""
    taken: list[float] = []
    monkeypatch.setattr("bench.browser.time.sleep", taken.append)
    return taken


def test_a_browser_with_patience_sends_the_same_form_again_until_it_is_taken(naps):
    with server(BUSY, BUSY, DONE) as (port, seen):
        person = Browser(port, patience=60)
        assert person.post("/c/x", {"name": "王芳"}) == "/done"
        person.close()
    assert (person.waits, len(naps), len(seen), len(set(seen))) == (2, 2, 3, 1)
    assert 2 <= naps[0] <= 5 * 1.5


@pytest.mark.parametrize(("answer", "status"), [(BUSY, 503), ((503, {}), 500), ((500, {"Retry-After": "1"}), 500)])
def test_without_patience_or_without_a_time_to_come_again_it_gives_up(naps, answer, status):
    with server(answer) as (port, _):
        person = Browser(port, patience=0 if answer is BUSY else 60)
        with pytest.raises(Unexpected) as error:
            person.post("/c/x", {})
        person.close()
    assert (error.value.status, naps) == (status, [])


def test_a_judge_reads_what_is_stored_whatever_wrote_it(tmp_path):
    path = tmp_path / "some.db"
    connection = stored.sqlite().connect(path)
    connection.execute("CREATE TABLE attempts (id, revision, sheet, handed_in_at)")
    connection.execute("INSERT INTO attempts VALUES (1, 3, ?, NULL)", (json.dumps({"responses": {"1": [2]}}),))
    connection.commit()
    judge = Judge(str(path))
    assert judge.sheet(1) == Sheet(3, {"1": [2]}, False)
    assert judge.sheet(2) is None


def test_the_smallest_value_that_so_many_percent_do_not_exceed():
    assert [percentile([4.0, 1.0, 3.0, 2.0], p) for p in (25, 50, 99)] == [1.0, 2.0, 4.0]
    assert percentile([], 50) is None


FOUND = Finding("一份答卷", {"cpu": 21.5}, ["  知赛  21.5"], [Goal("每份 CPU", "≤ 20 毫秒", "21.5 毫秒", False)])


def test_the_table_ends_with_every_goal_and_whether_it_is_met():
    lines = told([FOUND]).splitlines()
    assert lines[:2] == ["一份答卷", "  知赛  21.5"]
    assert lines[-1].split() == ["每份", "CPU", "≤", "20", "毫秒", "21.5", "毫秒", "未达到"]


@pytest.mark.parametrize(("wrong", "code"), [(0, 0), (1, 1)])
def test_the_bench_ends_with_1_where_something_was_lost_and_not_where_it_was_slow(monkeypatch, capsys, wrong, code):
    found = Finding(FOUND.title, FOUND.figures, FOUND.lines, FOUND.goals, wrong)
    monkeypatch.setattr(bench, "BENCHES", {"cost": lambda options: found, "rush": lambda options: 1 / 0})
    assert bench.main(["--only", "cost", "--json"]) == code
    assert json.loads(capsys.readouterr().out)["cost"]["goals"][0]["is_met"] is False
