"""The panel's way to the background process, on real Qt: every call ends once, and nothing comes after the end."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from DualNetSSLLib.client import errors
from DualNetSSLLib.client.records import Health, LabelDefinition

ROOT = Path(__file__).resolve().parents[3]
CHILD = """
import os, sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from DualNetSSLLib.background.process import Agent, serve
from DualNetSSLLib.client.errors import ConnectionRefused
from DualNetSSLLib.client.records import Health
from DualNetSSLLib.tasks.reports import Progress
from DualNetSSLLib.tasks.call import Desk

def echo(task, value): return value
def fail(task): raise ConnectionRefused("Nobody is there.", "Start it.")
def break_down(task): raise KeyError("oops")
def number(task): return os.getpid()
def many(task, count): return [Health(status=str(n)) for n in range(count)]
def flood(task, count):
    for n in range(count):
        task.tell(Progress(done=n, total=count))
    return "end"
def die(task):
    print("the last words", file=sys.stderr, flush=True)
    os._exit(3)
def sleep(task, seconds):
    for _ in range(int(seconds * 100)):
        task.cancel.sleep(0.01)
def submit(task, file):
    with task.desk.shield():
        time.sleep(0.5)
        Path(file).write_text("kept")
    task.say("safe")
    task.cancel.sleep(60)
def used(task): return task.server.address
def connect(task, address, token): return {"address": address}
def start_local(task, folder, stop_with_session):
    def stop():
        time.sleep(0.5)
        Path(folder, "stopped").touch()
    task.desk.at_end["server"] = stop
    return {}

desk = Desk(Path("."))
channel = os.fdopen(1, "wb", buffering=0)
names = (echo, fail, break_down, number, many, flood, die, sleep, submit, used, connect, start_local)
serve(sys.stdin.buffer, Agent(desk, channel.write, {function.__name__: function for function in names}), desk)
os._exit(0)
"""


COMMAND = (sys.executable, "-c", CHILD, str(ROOT))


@pytest.fixture
def new_session(slicer_host):
    from DualNetSSLLib.background.session import Session

    made = []

    def make(command=COMMAND):
        made.append(Session(command))
        return made[-1]

    yield make
    for session in made:
        session.close(wait_seconds=10)


@pytest.fixture(scope="module")
def shared_session(running_host):
    from DualNetSSLLib.background.session import Session

    session = Session(COMMAND)
    yield session
    session.close(wait_seconds=10)


@pytest.fixture
def session(shared_session, slicer_host):
    """For tests that leave it alive."""
    return shared_session


class Heard:
    """Collects what the callbacks of a call are given."""

    def __init__(self):
        self.results, self.errors, self.told = [], [], []
        self.threads = set()

    def __call__(self, session, operation, **arguments):
        self.call = session.call(
            operation,
            done=self._into(self.results),
            failed=self._into(self.errors),
            progress=self._into(self.told),
            **arguments,
        )
        return self

    def _into(self, kept):
        def take(value):
            self.threads.add(threading.current_thread())
            kept.append(value)

        return take

    @property
    def ended(self):
        return len(self.results) + len(self.errors)


def outcome(pump, session, operation, **arguments):
    heard = Heard()(session, operation, **arguments)
    assert heard.call.running
    pump(lambda: heard.ended, 20)
    assert (heard.ended, heard.call.running) == (1, False)
    assert heard.threads == {threading.main_thread()}
    return (heard.results + heard.errors)[0]


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]


def test_values_and_records_go_there_and_back(session, pump):
    value = {"labels": [LabelDefinition(value=3, name="é\n")], "n": [1, 2.5, None, True], "file": Path("a")}
    assert outcome(pump, session, "echo", value=value) == {**value, "file": "a"}


def test_errors_come_with_cause_and_remedy(session, pump):
    error = outcome(pump, session, "fail")
    assert isinstance(error, errors.ConnectionRefused)
    assert (error.cause, error.remedy) == ("Nobody is there.", "Start it.")
    assert isinstance(outcome(pump, session, "break_down"), errors.BackgroundFault)
    assert isinstance(outcome(pump, session, "no_such_thing"), errors.BackgroundFault)


def test_a_long_list_arrives_whole_and_in_order(session, pump):
    assert outcome(pump, session, "many", count=1000) == [Health(status=str(n)) for n in range(1000)]


def test_a_flood_is_handed_over_in_small_portions(session, pump, monkeypatch):
    import qt

    monkeypatch.setattr("DualNetSSLLib.background.session.SLOT_SECONDS", 0.0)
    ticks, timer = [], qt.QTimer()
    timer.setInterval(0)
    timer.connect("timeout()", lambda: ticks.append(len(heard.told)))
    heard = Heard()(session, "flood", count=200)
    timer.start()
    pump(lambda: heard.ended, 20)
    timer.stop()
    assert [progress.done for progress in heard.told] == list(range(200))
    assert len(set(ticks)) > 100


def test_calls_run_side_by_side(session, pump):
    slow = Heard()(session, "sleep", seconds=30)
    assert outcome(pump, session, "echo", value=1) == 1
    assert slow.call.running
    slow.call.cancel()


def test_after_a_cancel_nothing_is_called_and_the_work_ends(session, pump):
    heard = Heard()(session, "flood", count=5000)
    pump(lambda: heard.told, 20)
    heard.call.cancel()
    before = len(heard.told)
    assert not heard.call.running
    assert outcome(pump, session, "echo", value=1) == 1
    assert (heard.ended, len(heard.told)) == (0, before)
    heard.call.cancel()


def test_after_closing_nothing_is_called_and_the_process_is_gone(new_session, pump):
    session = new_session()
    pid = outcome(pump, session, "number")
    heard = Heard()(session, "flood", count=2000)
    pump(lambda: heard.told, 20)
    before = len(heard.told)
    session.close()
    pump(lambda: not alive(pid), 20)
    assert (alive(pid), heard.ended, len(heard.told)) == (False, 0, before)
    with pytest.raises(errors.BackgroundFault, match="closed"):
        session.call("number")


def test_closing_waits_until_a_label_is_safe(new_session, pump, tmp_path):
    session = new_session()
    outcome(pump, session, "number")
    Heard()(session, "submit", file=str(tmp_path / "kept"))
    session.close()
    assert (tmp_path / "kept").read_text() == "kept"


def test_closing_waits_until_a_server_that_goes_with_the_panel_was_told_to(new_session, pump, tmp_path):
    session = new_session()
    outcome(pump, session, "start_local", folder=str(tmp_path), stop_with_session=True)
    session.close()
    assert (tmp_path / "stopped").exists()


def test_a_process_that_dies_fails_its_calls_and_is_started_again(new_session, pump):
    session = new_session()
    assert outcome(pump, session, "connect", address="gpu:1", token="t") == {"address": "gpu:1"}
    waiting = Heard()(session, "sleep", seconds=30)
    error = outcome(pump, session, "die")
    assert isinstance(error, errors.BackgroundFault)
    assert "the last words" in error.cause
    pump(lambda: waiting.ended, 20)
    assert isinstance(waiting.errors[0], errors.BackgroundFault)
    assert outcome(pump, session, "used") == "http://gpu:1"


def test_a_process_that_cannot_start_fails_its_calls(new_session, pump):
    error = outcome(pump, new_session(("no-such-program-anywhere",)), "echo", value=1)
    assert "cannot be started" in error.cause


def test_an_exception_in_one_callback_does_not_cost_the_others_theirs(session, pump, slicer_host):
    def stumble(_):
        raise ZeroDivisionError

    session.call("echo", value=1, done=stumble)
    assert outcome(pump, session, "echo", value=2) == 2
    assert [type(error) for error in slicer_host.errors] == [ZeroDivisionError]
    slicer_host.errors.clear()


def test_the_process_works_while_slicer_holds_pythons_lock(session, pump, slicer_host):
    with slicer_host.loop.holding_the_lock():
        heard = Heard()(session, "flood", count=1000)
        pump(lambda: heard.ended, 30)
    assert (heard.results, len(heard.told)) == (["end"], 1000)


def test_the_real_process_answers(new_session, pump, tmp_path, monkeypatch):
    monkeypatch.setenv("DUALNETSSL_PANEL", str(tmp_path))
    error = outcome(pump, new_session(None), "connect", address="127.0.0.1:1", token="x")
    assert isinstance(error, errors.ConnectionRefused)
