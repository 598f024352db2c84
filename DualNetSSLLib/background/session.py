"""The panel's way to the background process: calls go out at once, answers come back on the GUI thread."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from DualNetSSLLib.background import messages
from DualNetSSLLib.client.errors import BackgroundFault, DualNetSSLError
from DualNetSSLLib.localserver.sources import find_sources
from DualNetSSLLib.tasks.reports import Progress

__all__ = ["Call", "Progress", "Session"]

SLOT_SECONDS = 0.004
"""Time that answers may take in one go; the rest waits until the event loop has come round."""
KEEPING = ("submit",)
"""Operations whose first progress says that the work is safe on disk."""
KEEPING_SECONDS = 10.0
CONNECTING = ("connect", "start_local", "find_local")
"""Operations whose success says which server is used from then on."""
LAST_WORDS = 2000

Words = Callable[[str], str]
Done = Callable[[Any], None]
Failed = Callable[[DualNetSSLError], None]


def agent_command() -> list[str]:
    """Return the command line of the background process, in this very Python; it needs nothing of the environment.

    It finds the library and, for what both know of files, the server that comes with it.
    """
    code = "import sys; sys.path[:1] = [sys.argv.pop(1), sys.argv.pop(1)]; "
    code += "from DualNetSSLLib.background.process import main; main()"
    return [sys.executable, "-c", code, str(Path(__file__).resolve().parents[2]), str(find_sources().package.parent)]


class Call:
    """One call under way."""

    def __init__(self, session: Session, number: int, operation: str, callbacks: tuple[Any, Any, Any]) -> None:
        """Belong to ``session``; ``callbacks`` are done, failed and progress, each None or a function."""
        self._session, self._number = session, number
        self.operation = operation
        self._done, self._failed, self._progress = callbacks
        self._parts: list[Any] = []
        self.told = False

    @property
    def running(self) -> bool:
        """Whether one of the callbacks is still to come."""
        return self._session.owns(self._number)

    def cancel(self) -> None:
        """Stop the call; none of its callbacks is called from now on."""
        self._session.forget(self._number, cancel=True)

    def take(self, message: dict[str, Any]) -> None:
        """Give a message about this call to the callback it is for."""
        if "progress" in message:
            self.told = True
            self._give(self._progress, self._session.progress_in_words(message["progress"]))
        elif "part" in message:
            self._parts += message["part"]
        else:
            self._session.forget(self._number)
            self._end(message)

    def fail(self, error: DualNetSSLError) -> None:
        """Tell that the call has failed."""
        self._session.forget(self._number)
        self._give(self._failed, error)

    def _end(self, message: dict[str, Any]) -> None:
        if "error" in message:
            self._give(self._failed, self._session.in_words(messages.error_from_json(message["error"])))
        else:
            self._give(self._done, self._parts or message["result"])

    @staticmethod
    def _give(callback: Callable[[Any], None] | None, value: Any) -> None:
        if callback is not None:
            callback(value)


class Session:
    """One background process, started with the first call and again after it has died."""

    def __init__(self, command: Sequence[str] | None = None, words: Words = str) -> None:
        """Prepare, without starting anything yet.

        Args:
            command: what is run instead of `agent_command`.
            words: says in the user's language what the library says in English.
        """
        import qt

        self._words = words
        self._command = list(command or agent_command())
        self._calls: dict[int, Call] = {}
        self._number = 0
        self._process: Any = None
        self._closed = False
        self._rest, self._errors = b"", b""
        self._lines: deque[bytes] = deque()
        self._use: dict[str, Any] | None = None
        self._timer = qt.QTimer()
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.connect("timeout()", self._hand_over)

    def call(
        self,
        operation: str,
        *,
        done: Done | None = None,
        failed: Failed | None = None,
        progress: Callable[[Any], None] | None = None,
        **arguments: Any,
    ) -> Call:
        """Have an operation of `DualNetSSLLib.background.operations` done and return at once.

        Exactly one of ``done(result)`` and ``failed(error)`` is called on the GUI thread, later; neither after
        `Call.cancel` or `close`. ``progress`` is called before, any number of times.

        Raises:
            BackgroundFault: the session is closed.
        """
        if self._closed:
            raise BackgroundFault("The panel is closed.", "Open the module again.")
        self._number += 1
        call = Call(self, self._number, operation, (self._remembering(operation, arguments, done), failed, progress))
        self._calls[self._number] = call
        self._start()
        self._send({"call": self._number, "operation": operation, "arguments": arguments})
        return call

    def in_words(self, error: DualNetSSLError) -> DualNetSSLError:
        """Let an error speak the user's language."""
        error.cause, error.remedy = self._words(error.cause), self._words(error.remedy)
        return error

    def progress_in_words(self, progress: Any) -> Any:
        """Let a step that is told speak the user's language."""
        return replace(progress, text=self._words(progress.text)) if isinstance(progress, Progress) else progress

    def owns(self, number: int) -> bool:
        """Tell whether a call is under way."""
        return number in self._calls

    def forget(self, number: int, *, cancel: bool = False) -> None:
        """Call no callback of a call any more."""
        if self._calls.pop(number, None) is not None and cancel:
            self._send({"cancel": number})

    @property
    def running(self) -> bool:
        """Whether the background process lives."""
        return self._process is not None

    def close(self, wait_seconds: float = 0.0) -> None:
        """End the background process; no callback comes any more.

        The process ends by itself as soon as what was submitted is safe on disk and a server that goes with the panel
        was told to. Where there is such a thing to do, this waits for it: Slicer may be about to quit.

        Args:
            wait_seconds: wait so long for the process to end.
        """
        if self._closed:
            return
        unfinished = any(call.operation in KEEPING and not call.told for call in self._calls.values())
        unfinished |= bool(self._use and self._use["arguments"].get("stop_with_session"))
        self._closed = True
        self._calls.clear()
        self._lines.clear()
        self._timer.stop()
        self._timer.disconnect("timeout()", self._hand_over)
        if self._process is not None:
            self._release(self._process, max(wait_seconds, KEEPING_SECONDS if unfinished else 0.0))

    # the process

    def _start(self) -> None:
        if self._process is not None:
            return
        import qt

        self._rest, self._errors = b"", b""
        process = self._process = qt.QProcess(qt.QCoreApplication.instance())
        for signal, slot in self._slots():
            process.connect(signal, slot)
        process.start(self._command[0], self._command[1:])
        if self._use is not None:
            self._send({"use": self._use})

    def _slots(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        return (
            ("readyReadStandardOutput()", self._receive),
            ("readyReadStandardError()", self._receive_errors),
            ("finished(int,QProcess::ExitStatus)", self._finished),
            ("errorOccurred(QProcess::ProcessError)", self._not_started),
        )

    def _release(self, process: Any, wait_seconds: float) -> None:
        """Let go of a process that ends by itself once its input does."""
        for signal, slot in self._slots():
            process.disconnect(signal, slot)
        process.connect("finished(int,QProcess::ExitStatus)", process, "deleteLater()")
        process.closeWriteChannel()
        if wait_seconds:
            process.waitForFinished(int(wait_seconds * 1000))
        self._process = None

    def _send(self, message: dict[str, Any]) -> None:
        if self._process is not None:
            self._process.write(messages.to_line(message))

    def _receive(self) -> None:
        self._read()
        self._hand_over()

    def _read(self) -> None:
        *lines, self._rest = (self._rest + _bytes(self._process.readAllStandardOutput())).split(b"\n")
        self._lines.extend(lines)

    def _receive_errors(self) -> None:
        self._errors = (self._errors + _bytes(self._process.readAllStandardError()))[-LAST_WORDS:]

    def _finished(self) -> None:
        """The process ended although nobody asked it to: hand over its last answers, then fail what is left."""
        self._read()
        self._receive_errors()
        self._forget_process()
        self._hand_over()

    def _not_started(self) -> None:
        import qt

        if self._process is not None and self._process.state() == qt.QProcess.NotRunning:
            self._forget_process()
            self._errors += self._command[0].encode() + b" cannot be started"
            self._hand_over()

    def _forget_process(self) -> None:
        process, self._process = self._process, None
        for signal, slot in self._slots():
            process.disconnect(signal, slot)
        process.deleteLater()

    # the answers

    def _hand_over(self) -> None:
        """Give answers to their calls for a few milliseconds, and the rest when the event loop has come round."""
        until = time.perf_counter() + SLOT_SECONDS
        try:
            while self._lines:
                self._take(self._lines.popleft())
                if time.perf_counter() >= until:
                    break
            if not self._lines and self._process is None:
                self._fail_all()
        finally:
            if not self._closed and (self._lines or (self._process is None and self._calls)):
                self._timer.start()

    def _take(self, line: bytes) -> None:
        message = messages.from_line(line)
        call = self._calls.get(message["call"])
        if call is not None:
            call.take(message)

    def _fail_all(self) -> None:
        said = self._errors.decode(errors="replace").strip().rpartition("\n")[2]
        for number in list(self._calls):
            if number in self._calls:
                fault = BackgroundFault(f"The background process ended: {said or 'it says nothing'}.", "Try again.")
                self._calls[number].fail(self.in_words(fault))

    def _remembering(self, operation: str, arguments: dict[str, Any], done: Done | None) -> Done | None:
        """Note which server is used, for a process that has to be started anew."""
        if operation not in CONNECTING:
            return done

        def remember(result: Any) -> None:
            if result is not None:
                self._use = {"operation": operation, "arguments": arguments}
            if done is not None:
                done(result)

        return remember


def _bytes(array: Any) -> bytes:
    """Return what a QByteArray holds: PythonQt gives str for an empty one, PySide always bytes."""
    data = array.data()
    return data.encode() if isinstance(data, str) else bytes(data)
