"""Drives a background process as the panel does, but without Qt."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
import time

from DualNetSSLLib.background import messages
from DualNetSSLLib.background.session import agent_command


class AgentProcess:
    """A background process with its own folder for outbox and cache."""

    def __init__(self, folder, command=None, **environment):
        self.process = subprocess.Popen(
            command or agent_command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={**os.environ, "DUALNETSSL_PANEL": str(folder), **environment},
        )
        self._number = 0
        self._heard = queue.Queue()
        self.messages = []
        self._threads = [threading.Thread(target=self._listen), threading.Thread(target=self._listen_to_errors)]
        self.errors = b""
        for thread in self._threads:
            thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _listen(self):
        for line in self.process.stdout:
            self._heard.put(messages.from_line(line))

    def _listen_to_errors(self):
        self.errors = self.process.stderr.read()

    def write(self, message):
        self.process.stdin.write(messages.to_line(message))
        self.process.stdin.flush()

    def start(self, operation, **arguments):
        """Begin a call and return its number."""
        self._number += 1
        self.write({"call": self._number, "operation": operation, "arguments": arguments})
        return self._number

    def next(self, number, *kinds, seconds=30.0):
        """Return the next message about a call that is of one of these kinds."""
        until = time.monotonic() + seconds
        while True:
            for message in self.messages:
                if message["call"] == number and any(kind in message for kind in kinds):
                    self.messages.remove(message)
                    return message
            self.messages.append(self._heard.get(timeout=max(0.01, until - time.monotonic())))

    def end(self, number, seconds=30.0):
        """Return the result of a call, or raise its error."""
        last = self.next(number, "result", "error", seconds=seconds)
        parts = [item for message in self.messages if message["call"] == number for item in message.get("part", ())]
        self.messages = [message for message in self.messages if message["call"] != number or "part" not in message]
        if "error" in last:
            raise messages.error_from_json(last["error"])
        return parts or last["result"]

    def call(self, operation, **arguments):
        """Make a call and wait for its end."""
        return self.end(self.start(operation, **arguments))

    def kill(self):
        self.process.kill()
        self._finish()

    def close(self, seconds=30.0):
        """End the input, as a panel does that goes, and return the exit status."""
        self.process.stdin.close()
        status = self.process.wait(seconds)
        self._finish()
        return status

    def _finish(self):
        self.process.wait()
        for thread in self._threads:
            thread.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()
