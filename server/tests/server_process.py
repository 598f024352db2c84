"""The server as a process of its own, on loopback, for tests over real connections."""

import contextlib
import os
import re
import signal
import subprocess
import sys

SECONDS_TO_START = 60


def hear_ctrl_c():
    """Take Ctrl+C seriously in a child, also where the tests run in the background of a shell, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Running:
    """A started server: what it printed, where it is and how to stop it."""

    def __init__(self, folder, *options, program=("-m", "dualnetssl"), **process):
        command = [sys.executable, *program, "serve", "--port", "0", "--data-folder", str(folder)]
        if os.name != "nt":
            process = {"preexec_fn": hear_ctrl_c, **process}
        self.process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True, **process)
        lines = []
        while "to stop" not in "".join(lines):
            line = self.process.stdout.readline()
            assert line, "the server ended before it was up"
            lines.append(line)
        self.banner = "".join(lines)
        self.port = int(re.search(r"https?://127\.0\.0\.1:(\d+)", self.banner)[1])
        self.token = re.search(r"token +(\S+)", self.banner)[1]
        self.headers = {"Authorization": f"Bearer {self.token}"}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    def end(self, kill=False):
        self.process.kill() if kill else self.process.terminate()
        self.process.wait(SECONDS_TO_START)
        self.process.stdout.close()


@contextlib.contextmanager
def running(folder, *options, **process):
    server = Running(folder, *options, **process)
    try:
        yield server
    finally:
        server.end()
