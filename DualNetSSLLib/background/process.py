"""The background process: reads calls from its standard input, answers on its standard output, a line of JSON each.

Slicer's event loop holds Python's lock, so that threads of Slicer itself starve; here they do not. Every call runs on a
thread of its own. When the input ends, the panel is gone: what has to be kept is kept, then the process ends.
"""

from __future__ import annotations

import inspect
import os
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import IO, Any

from DualNetSSLLib.background import messages
from DualNetSSLLib.background.operations import OPERATIONS, remembered
from DualNetSSLLib.client.errors import BackgroundFault, Cancelled, DualNetSSLError
from DualNetSSLLib.labels.submit import Postman
from DualNetSSLLib.tasks.call import Desk, Task
from DualNetSSLLib.tasks.user_folders import user_folder

CANCEL_SECONDS = 0.3
"""A cancelled call that has not ended by itself after this is given up; its thread goes on unheard."""
END_SECONDS = 60.0

Operation = Callable[..., Any]


class Agent:
    r"""Runs calls and tells their outcome.

    Example:
        >>> import io
        >>> from pathlib import Path
        >>> heard = io.BytesIO()
        >>> agent = Agent(Desk(Path(".")), heard.write, {"double": lambda task, number: 2 * number})
        >>> agent.handle({"call": 1, "operation": "double", "arguments": {"number": 4}})
        >>> agent.join()
        >>> heard.getvalue()
        b'{"call": 1, "result": 8}\n'
    """

    def __init__(
        self, desk: Desk, write: Callable[[bytes], object], operations: Mapping[str, Operation] = OPERATIONS
    ) -> None:
        """Work at ``desk``, and give each line to ``write``."""
        self._desk, self._write, self._operations = desk, write, operations
        self._lock = threading.Lock()
        self._tasks: dict[int, Task] = {}
        self._threads: dict[int, threading.Thread] = {}

    def handle(self, message: Mapping[str, Any]) -> None:
        """Do what a message asks for, without waiting for its end."""
        if "use" in message:
            self._desk.server = remembered(**message["use"])
        elif "cancel" in message:
            self._cancel(message["cancel"])
        else:
            self._start(message)

    def join(self) -> None:
        """Wait for every call to end."""
        for thread in list(self._threads.values()):
            thread.join()

    def cancel_all(self) -> None:
        """Ask every call to stop."""
        with self._lock:
            tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel.cancel()

    def _start(self, message: Mapping[str, Any]) -> None:
        number = message["call"]
        task = Task(self._desk, lambda record: self._tell(number, progress=record))
        thread = threading.Thread(target=self._run, args=(task, message), name=f"call-{number}", daemon=True)
        with self._lock:
            self._tasks[number], self._threads[number] = task, thread
        thread.start()

    def _run(self, task: Task, message: Mapping[str, Any]) -> None:
        """Run one call to its end, and tell what came of it."""
        number = message["call"]
        try:
            result = self._bound(task, message)()
            if isinstance(result, list) and len(result) > messages.PART:
                for part in messages.parts(result):
                    self._tell(number, part=part)
                result = []
            self._end(number, result=result)
        except DualNetSSLError as error:
            self._end(number, error=messages.error_to_json(error))
        except Exception as error:  # whatever it is, the panel must hear that the call has ended
            traceback.print_exc()
            self._end(number, error=messages.error_to_json(_fault(error)))

    def _bound(self, task: Task, message: Mapping[str, Any]) -> Callable[[], Any]:
        """Return the call with its arguments.

        Raises:
            BackgroundFault: there is no such operation, or it takes other arguments.
        """
        name, arguments = message["operation"], message["arguments"]
        operation = self._operations.get(name)
        if operation is None:
            raise BackgroundFault(f"There is no operation {name!r}.", "Reload the module.")
        try:
            bound = inspect.signature(operation).bind(task, **arguments)
        except TypeError as error:
            raise BackgroundFault(
                f"The operation {name!r} cannot be called so: {error}.", "Reload the module."
            ) from error
        return lambda: operation(*bound.args, **bound.kwargs)

    def _cancel(self, number: int) -> None:
        task = self._tasks.get(number)
        if task is None:
            return
        task.cancel.cancel()
        timer = threading.Timer(CANCEL_SECONDS, self._end, (number,), {"error": messages.error_to_json(Cancelled())})
        timer.daemon = True
        timer.start()

    def _tell(self, number: int, **what: Any) -> None:
        """Write a line about a call that has not ended."""
        with self._lock:
            if number in self._tasks:
                self._write(messages.to_line({"call": number, **what}))

    def _end(self, number: int, **outcome: Any) -> None:
        """Write the last line about a call, once."""
        with self._lock:
            self._threads.pop(number, None)
            if self._tasks.pop(number, None) is not None:
                self._write(messages.to_line({"call": number, **outcome}))


def _fault(error: Exception) -> BackgroundFault:
    return BackgroundFault(
        f"A fault in DualNetSSL: {type(error).__name__}: {error}.",
        "Nothing is lost; please report it with these words.",
    )


def serve(source: IO[bytes], agent: Agent, desk: Desk) -> None:
    """Handle every line until the input ends, then wait for what must not be cut off."""
    for line in source:
        try:
            message = messages.from_line(line)
        except (ValueError, DualNetSSLError):
            traceback.print_exc()
            continue
        agent.handle(message)
    desk.closing.set()
    agent.cancel_all()
    desk.wait_until_safe(END_SECONDS)
    for last in list(desk.at_end.values()):
        last()


def main() -> None:
    """Be the background process of one panel."""
    channel = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints must not get between the lines
    desk = Desk(user_folder())

    def write(line: bytes) -> None:
        try:
            channel.write(line)
        except OSError:
            desk.closing.set()  # nobody reads any more; the input is about to end, too

    Postman(desk).start()
    serve(sys.stdin.buffer, Agent(desk, write), desk)
    os._exit(0)  # threads that were given up must not hold the process


if __name__ == "__main__":
    main()
