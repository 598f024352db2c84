"""Real servers that fail for as long as a file is there: the disk is full, or the store cannot be read."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from server_process import running

FULL = """
import os, sys, types
from dualnetssl.server import blobs
flag, usage = sys.argv.pop(1), blobs.shutil.disk_usage
def disk_usage(path):
    return types.SimpleNamespace(free=0) if os.path.exists(flag) else usage(path)
blobs.shutil = types.SimpleNamespace(**{**vars(blobs.shutil), "disk_usage": disk_usage})
from dualnetssl.cli.main import main
sys.exit(main())
"""
BROKEN = """
import os, sqlite3, sys
from dualnetssl.server.store import database
flag, rows = sys.argv.pop(1), database.Database.rows
def broken(self, *query):
    if os.path.exists(flag) and "FROM datasets" in query[0]:
        raise sqlite3.DatabaseError("database disk image is malformed")
    return rows(self, *query)
database.Database.rows = broken
from dualnetssl.cli.main import main
sys.exit(main())
"""


@dataclass(frozen=True)
class Faulty:
    """A server, and the file that makes it fail."""

    address: str
    token: str
    flag: Path


@contextmanager
def faulty(program: str, folder: Path, *options: str):
    """Run such a server, which is sound at first."""
    flag = folder / "flag"
    with running(folder / "data", *options, program=("-c", program, str(flag))) as server:
        yield Faulty(server.url.removesuffix("/v1"), server.token, flag)
