"""A set-up that fails says what was wrong, in words of its own and in those of the program, and what helps."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from DualNetSSLLib.client import errors
from DualNetSSLLib.client.cancel import CancelToken
from DualNetSSLLib.localserver import outside_slicer
from DualNetSSLLib.localserver.advice import explain

NO_NETWORK = [
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(<x>: Failed to establish a new "
    "connection: [Errno -3] Temporary failure in name resolution)': /simple/torch/",
    "ERROR: Could not find a version that satisfies the requirement torch==2.13.0 (from versions: none)",
    "ERROR: No matching distribution found for torch==2.13.0",
]


@pytest.mark.parametrize(
    ("words", "cause", "remedy"),
    [
        (
            ["ERROR: Could not install packages: [Errno 28] No space left on device"],
            "disk is full",
            "room",
        ),
        (["OSError: [WinError 112] There is not enough space on the disk"], "disk is full", "room"),
        (NO_NETWORK, "over the network", "online"),
        (NO_NETWORK[1:], "no build of a package for this computer", "Python 3.12"),
        (["error: Request failed after 3 retries", "  Caused by: dns error: failed to lookup"], "network", "online"),
        (["SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))"], "certificate", "PIP_CERT"),
        (["ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407'))"], "proxy", "HTTPS_PROXY"),
        (["The virtual environment was not created because ensurepip is not available."], "ensurepip", "python3-venv"),
        (["Fatal Python error: x", "ModuleNotFoundError: No module named 'encodings'"], "own library", "Python 3.12"),
        (
            ["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE FILE."],
            "not the one",
            "administrators",
        ),
        (["PermissionError: [WinError 5] Access is denied: 'x'"], "could not be written", "virus scanner"),
        (["OSError: [WinError 206] The filename or extension is too long"], "path would be longer", "shorter path"),
        (["something else"], "pip says: something else", "Python 3.12"),
    ],
)
def test_each_failure_has_its_own_cause_and_advice(words, cause, remedy):
    error = explain(["python", "-m", "pip", "install", "torch"], ["Collecting torch", *words], 1)
    assert cause in error.cause
    assert remedy in error.remedy
    assert "pip says: " in error.cause
    assert error.cause.endswith(words[-1])


def test_a_program_that_was_killed_is_not_said_to_have_failed():
    assert "ended from outside" in explain(["pip"], ["Collecting torch"], -9).cause


def test_a_program_that_fails_says_why_and_one_that_is_cancelled_dies():
    fail = "import sys; print('ERROR: [Errno 28] No space left on device'); print('bye'); sys.exit(3)"
    with pytest.raises(errors.LaunchFailed, match=r"disk is full.*ERROR: \[Errno 28\]"):
        outside_slicer.run_lines([sys.executable, "-c", fail], CancelToken(), lambda line: None)
    with pytest.raises(errors.LaunchFailed, match="no-such-program cannot be run"):
        outside_slicer.run_lines(["no-such-program"], CancelToken(), lambda line: None)
    cancel, said = CancelToken(), []
    threading.Timer(1.0, cancel.cancel).start()
    wait = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    with pytest.raises(errors.Cancelled):
        outside_slicer.run_lines([sys.executable, "-c", wait], cancel, said.append)
    if said and sys.platform != "win32":
        with pytest.raises(ProcessLookupError):
            os.kill(int(said[0]), 0)


@pytest.mark.skipif(sys.platform == "win32", reason="uses a POSIX shell")
def test_what_a_cancelled_program_has_started_ends_with_it_and_keeps_nobody_waiting(tmp_path):
    cancel = CancelToken()
    late = tmp_path / "late"
    command = ["sh", "-c", f"(sleep 10; touch {late}) & echo begun; wait"]
    with pytest.raises(errors.Cancelled):
        outside_slicer.run_lines(command, cancel, lambda _line: cancel.cancel())
    assert not late.exists(), "the set-up waited for what the program had left behind"
