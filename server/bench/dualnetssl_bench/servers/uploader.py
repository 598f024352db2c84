"""One uploading client of the bench, in a process of its own: prints what it sent, as JSON."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from dualnetssl_bench.servers.find_library import need_library
from dualnetssl_bench.servers.memory import peak_bytes

TOKEN_VARIABLE = "DUALNETSSL_BENCH_TOKEN"  # noqa: S105  a name, not a token
MEGABYTE = 1 << 20


def make_unique(path: Path, megabytes: int) -> Path:
    """Give a file bytes that no other file has; only the first time are all of them written."""
    if not path.exists():
        with path.open("wb") as file:
            for _ in range(megabytes):
                file.write(os.urandom(MEGABYTE))
    with path.open("r+b") as file:
        file.write(os.urandom(32))
    return path


def main(words: list[str]) -> int:
    """Upload files until their number or the time is used up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, required=True)
    parser.add_argument("--megabytes", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    arguments = parser.parse_args(words)
    need_library()
    from DualNetSSLLib.client.client import Client

    arguments.folder.mkdir(parents=True)
    sent, seconds = 0, 0.0
    end = time.monotonic() + arguments.seconds
    with Client(arguments.address, os.environ[TOKEN_VARIABLE]) as client:
        while sent < arguments.files and time.monotonic() < end:
            path = make_unique(arguments.folder / "upload.bin", arguments.megabytes)
            started = time.monotonic()
            client.upload(path)
            seconds += time.monotonic() - started
            sent += 1
    print(json.dumps({"files": sent, "seconds": seconds, "peak_bytes": peak_bytes(os.getpid())}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
