"""Background processes for the panel's tests, forked from one that has imported what they need.

Each panel starts one, and its imports take half a second of processor time. What runs is as ever
`DualNetSSLLib.background.process`, with its own environment, folder and streams; how it is started in earnest is tested
in ``background``, and by every test that reloads the module.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import select
import signal
import socket
import subprocess
import sys
import threading

import pytest

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 4))
PATHS = (ROOT, os.path.join(ROOT, "server", "src"))
SECONDS = 60.0
ENTRY = """
import os, socket, sys
told = b"\\0".join([os.getcwdb(), *(b"%s=%s" % item for item in os.environb.items())])
fork = socket.socket(socket.AF_UNIX)
fork.connect("\\0" + sys.argv[1])
socket.send_fds(fork, [len(told).to_bytes(4, "big")], [0, 1, 2])
fork.sendall(told)
fork.recv(1)
"""
"""What the panel starts: hands its streams and environment over, and ends when the forked process does."""


@pytest.fixture(scope="session")
def forked_agents():
    """A command that starts a background process at once."""
    name = f"dualnetssl-agents-{os.getpid()}"
    origin = subprocess.Popen([sys.executable, __file__, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert origin.stdout.readline() == b"ready\n"
    yield [sys.executable, "-I", "-S", "-c", ENTRY, name, "DualNetSSLLib.background.process"]
    origin.stdin.close()
    origin.wait(SECONDS)
    origin.stdout.close()


def main(name):
    """Fork for everyone who connects, until the tests have ended."""
    sys.path[:0] = PATHS
    from DualNetSSLLib.background import process

    gc.freeze()  # a collection would copy the pages that parent and children share
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("\0" + name)
    listener.listen(64)
    os.write(1, b"ready\n")
    while listener in select.select([listener, 0], [], [])[0]:
        caller, _ = listener.accept()
        _reap()
        if not os.fork():
            listener.close()
            _become(caller)
            process.main()
        caller.close()


def _reap():
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become(caller):
    """Take over the caller's streams, folder and environment, and end when it is killed."""
    size, streams, _, _ = socket.recv_fds(caller, 4, 3)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    told = b""
    while len(told) < int.from_bytes(size, "big"):
        told += caller.recv(1 << 16)
    folder, *variables = told.split(b"\0")
    os.chdir(folder)
    os.environb.clear()
    os.environb.update(each.split(b"=", 1) for each in variables)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)))
    threading.Thread(target=_end_with, args=(caller,), daemon=True).start()


def _end_with(caller):
    caller.recv(1)  # nothing is ever sent: it is gone
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1])
