"""Where the server keeps its data, where it listens, what it accepts, and the token that opens it."""

from __future__ import annotations

import errno
import ipaddress
import logging
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from dualnetssl.contract.errors import (
    AddressInUse,
    DiskFull,
    InvalidRequest,
    ProblemError,
    UnsafeExposure,
    UnusableDataFolder,
)

DEFAULT_PORT = 8765
MOST_TRASH_DAYS = 3660
_SHORTEST_TOKEN = 16
_OURS = frozenset(
    {"blobs", "jobs", "prepared", "trash", "audit", "token", "restore.unfinished", "console.log", "lost+found"}
)
_OUR_BEGINNINGS = ("store.sqlite", "server.l", "strangers.log", "token.", "restore.unfinished", "check-")
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be chosen about a server.

    Attributes:
        data_folder: all that the server keeps.
        host: address to listen on.
        port: TCP port; 0 takes a free one.
        token: of the owner; None lets everybody in (loopback only).
        blob_bytes: size of the largest file to accept.
        voxels: size of the largest volume to accept.
        chunk_bytes: size in which clients should send.
        slots: jobs that run at a time on each device.
        trash_days: days for which files stay in the trash after an order to erase them; 0 removes them at once.
        tls_certificate: PEM file; with ``tls_key`` the server speaks HTTPS.
        tls_key: PEM file.
        max_connections: connections that may be open at a time.
        allowed_hosts: names of the server beside its own, for instance that of a reverse proxy.
        trusted_proxies: addresses whose ``X-Forwarded-For`` is believed.
        log_format: ``text`` for people or ``json`` for what collects logs.
    """

    data_folder: Path
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    token: str | None = None
    blob_bytes: int = 4 << 30
    voxels: int = 512 * 512 * 2000
    chunk_bytes: int = 8 << 20
    slots: int = 1
    trash_days: int = 0
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    max_connections: int = 500
    allowed_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    log_format: Literal["text", "json"] = "text"

    def __post_init__(self) -> None:
        """Refuse what would be unsafe or cannot work.

        Raises:
            UnsafeExposure: the address can be reached from other computers and there is no token.
            InvalidRequest: only one of certificate and key is given, a proxy has no address, or days or a name
                make no sense.
        """
        if self.token is None and not self.loopback:
            raise UnsafeExposure(
                f"the address {self.host} without a token",
                "a token, or the address 127.0.0.1 of this computer alone",
                "Leave out '--token none'; the server then makes a token and prints it.",
            )
        if not 0 <= self.trash_days <= MOST_TRASH_DAYS:
            raise InvalidRequest(
                f"a trash of {self.trash_days} days",
                f"0 to {MOST_TRASH_DAYS} days",
                "Correct --trash-days; 0 erases at once.",
            )
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise InvalidRequest(
                "only one of --tls-cert and --tls-key", "both or neither", "Give the certificate with its key."
            )
        self._check_network()

    def _check_network(self) -> None:
        if self.max_connections < 1:
            raise InvalidRequest(
                f"--max-connections {self.max_connections}", "1 and more", "Leave it out for the usual number."
            )
        if not self.host:
            raise InvalidRequest(
                "an empty --host", "an address such as 127.0.0.1", "Leave it out to listen for this computer alone."
            )
        for name in self.allowed_hosts:
            if not _HOST.fullmatch(name) and not _is_address(name):
                raise InvalidRequest(
                    f"--allowed-host {name!r:.80}",
                    "one name such as dualnetssl.example, or one address, without port and path",
                    "Give each name by which clients call the server; '*' is not taken: any web page could use it.",
                )
        for proxy in self.trusted_proxies:
            if not _is_address(proxy):
                raise InvalidRequest(
                    f"--trusted-proxy {proxy!r:.80}",
                    "an IP address such as 10.0.0.7",
                    "Give the address from which the proxy connects; a name or '*' is not taken.",
                )

    @property
    def loopback(self) -> bool:
        """Whether only this computer can reach the address."""
        return is_loopback(self.host)

    @property
    def store_path(self) -> Path:
        """The database."""
        return store_path(self.data_folder)

    @property
    def blobs_root(self) -> Path:
        """The folder of the blobs."""
        return self.data_folder / "blobs"

    @property
    def jobs_root(self) -> Path:
        """The folder of the job directories."""
        return self.data_folder / "jobs"

    @property
    def stop_path(self) -> Path:
        """A file that asks the server to end in order; it takes it away. Windows has no signal for that."""
        return self.data_folder / "stop"

    @property
    def trash_root(self) -> Path:
        """The folder of what was taken out of use."""
        return self.data_folder / "trash"

    @property
    def audit_root(self) -> Path:
        """The folder of the record of who did what."""
        return audit_root(self.data_folder)

    @property
    def log_path(self) -> Path:
        """The server's log."""
        return self.data_folder / "server.log"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Tell whether an address can be reached from its own computer alone.

    Example:
        >>> [is_loopback(host) for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "workstation")]
        [True, True, True, False, False]
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def default_data_folder() -> Path:
    """Return the user's own folder for the server's data; ``DUALNETSSL_DATA`` goes before."""
    chosen = os.environ.get("DUALNETSSL_DATA")
    return Path(chosen) if chosen else _user_data() / "dualnetssl"


def _user_data() -> Path:
    places = {"win32": ("LOCALAPPDATA", "AppData/Local"), "darwin": ("", "Library/Application Support")}
    variable, fallback = places.get(sys.platform, ("XDG_DATA_HOME", ".local/share"))
    return Path(os.environ.get(variable) or Path.home() / fallback)


def make_data_folder(folder: Path) -> Path:
    """Make a data folder that only its owner can enter, and return its absolute path.

    Raises:
        UnusableDataFolder: it cannot be made, is no folder, or holds other things and was never a server's.
    """
    with usable_folder():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _refuse_others_folder(folder)
        return folder.resolve()


def _refuse_others_folder(folder: Path) -> None:
    """Refuse a folder that somebody uses for other things: the server would close it to everybody else."""
    foreign = sorted(path.name for path in folder.iterdir() if not is_ours(path.name))
    if foreign and not store_path(folder).exists():
        raise UnusableDataFolder(
            f"a folder with {len(foreign)} other things in it, such as {foreign[0]!a:.60}",
            "a new or empty folder, or one that a server has used before",
            "Choose another folder with --data-folder; the server keeps everything of its own in there.",
        )


def is_ours(name: str) -> bool:
    """Tell whether a file or folder of this name at the top of a data folder is the server's.

    Example:
        >>> is_ours("store.sqlite-wal"), is_ours("server.log.1"), is_ours("thesis.docx")
        (True, True, False)
    """
    return name in _OURS or name.startswith(_OUR_BEGINNINGS)


@contextmanager
def usable_folder() -> Iterator[None]:
    """Say in words why a data folder cannot be read or written, instead of with a trace.

    Raises:
        UnusableDataFolder: it is no folder, or this user may not use it.
        DiskFull: there is no room in it.
    """
    try:
        yield
    except OSError as error:
        raise _unusable(error) from error


def _unusable(error: OSError) -> ProblemError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(
            "a folder on a disk without room",
            "a disk with some space left",
            "Free some space there, then try again: what was stored before is kept.",
        )
    return UnusableDataFolder(
        f"a data folder that cannot be read and written ({error.strerror or error})",
        "a folder of the user who starts the server, on a disk that can be written to",
        "Correct its owner and rights (chown, chmod) or the disk, or choose another folder with --data-folder.",
    )


def keep_private() -> None:
    """Let all files that this process and its workers will make be readable by their owner alone."""
    os.umask(0o077)


def make_private(folder: Path) -> None:
    """Take from everybody but the owner the right to read a data folder and all that is in it.

    What cannot be changed, since it is another user's or the disk knows no rights, is told to the log.
    """
    if os.name == "nt":  # rights are inherited from the user's folder
        return
    left = [path for path in (folder, *_everything_in(folder)) if not _closed(path)]
    if left:
        logging.getLogger(__name__).warning(
            "%d files of the data folder stay readable for others, such as %s", len(left), left[0].name
        )


def open_to_others(folder: Path) -> list[Path]:
    """List what others than the owner have any right to in a data folder, itself included."""
    if os.name == "nt":
        return []
    return [path for path in (folder, *_everything_in(folder)) if _mode(path) & 0o077]


def _everything_in(folder: Path) -> Iterator[Path]:
    for own in (path for path in folder.iterdir() if is_ours(path.name) and not path.is_symlink()):
        yield own
        yield from _below(own)


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        yield from (path for name in (*folders, *files) if not (path := Path(place, name)).is_symlink())


def _closed(path: Path) -> bool:
    mode = _mode(path)
    if mode & 0o077:
        try:
            path.chmod(mode & 0o700)
        except OSError:
            return False
    return not _mode(path) & 0o077


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:  # gone meanwhile
        return 0


def store_path(data_folder: Path) -> Path:
    """Return the database of a data folder."""
    return data_folder / "store.sqlite"


def audit_root(data_folder: Path) -> Path:
    """Return the folder of the record of who did what."""
    return data_folder / "audit"


def token_path(data_folder: Path) -> Path:
    """Return the file that keeps the owner's token."""
    return data_folder / "token"


def read_token(data_folder: Path) -> str:
    """Return the owner's token of a data folder, making one the first time.

    Raises:
        InvalidRequest: the file has something else in it.
    """
    path = token_path(data_folder)
    with usable_folder():
        if not path.exists():
            return renew_token(data_folder)
        token = path.read_bytes().strip()
    if len(token) < _SHORTEST_TOKEN or not token.isascii():
        raise InvalidRequest(
            f"a file 'token' with {len(token)} bytes that are no token",
            f"at least {_SHORTEST_TOKEN} letters, digits and signs of ASCII",
            "Run 'dualnetssl token --new', which writes it anew.",
        )
    return token.decode("ascii")


def renew_token(data_folder: Path) -> str:
    """Make a new token, keep it where only its owner can read it, and return it."""
    token = secrets.token_urlsafe(24)
    part = token_path(data_folder).with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(token + "\n")
    part.replace(token_path(data_folder))
    return token


def lock_data_folder(data_folder: Path) -> FileLock:
    """Take a data folder for this server until the lock is released or the process ends.

    Raises:
        AddressInUse: another server has it.
        UnusableDataFolder: the folder cannot be written to.
    """
    lock = FileLock(data_folder / "server.lock", timeout=0)
    with usable_folder():
        try:
            lock.acquire()
        except Timeout as error:
            raise AddressInUse(
                f"the data folder {data_folder}, which a running server uses",
                "one server per data folder",
                "Use the server that runs already, stop it first, or choose another folder with --data-folder.",
            ) from error
    return lock
