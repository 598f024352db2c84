"""Where the server keeps its data, where it listens, what it accepts, and the token that opens it."""

from __future__ import annotations

import ipaddress
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from dualnetssl_server.errors import AddressInUse, InvalidRequest, UnsafeExposure

DEFAULT_PORT = 8765


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
        tls_certificate: PEM file; with ``tls_key`` the server speaks HTTPS.
        tls_key: PEM file.
    """

    data_folder: Path
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    token: str | None = None
    blob_bytes: int = 4 << 30
    voxels: int = 512 * 512 * 2000
    chunk_bytes: int = 8 << 20
    slots: int = 1
    tls_certificate: Path | None = None
    tls_key: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what would be unsafe or cannot work.

        Raises:
            UnsafeExposure: the address can be reached from other computers and there is no token.
            InvalidRequest: only one of certificate and key is given.
        """
        if self.token is None and not self.loopback:
            raise UnsafeExposure(
                f"the address {self.host} without a token",
                "a token, or the address 127.0.0.1 of this computer alone",
                "Leave out '--token none'; the server then makes a token and prints it.",
            )
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise InvalidRequest(
                "only one of --tls-cert and --tls-key", "both or neither", "Give the certificate with its key."
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
    def audit_root(self) -> Path:
        """The folder of the record of who did what."""
        return audit_root(self.data_folder)

    @property
    def log_path(self) -> Path:
        """The server's log."""
        return self.data_folder / "server.log"


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
    """Make a data folder that only its owner can enter, and return its absolute path."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder.resolve()


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
    """Return the owner's token of a data folder, making one the first time."""
    path = token_path(data_folder)
    if not path.exists():
        return renew_token(data_folder)
    return path.read_text(encoding="ascii").strip()


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
    """
    lock = FileLock(data_folder / "server.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise AddressInUse(
            f"the data folder {data_folder}, which a running server uses",
            "one server per data folder",
            "Use the server that runs already, stop it first, or choose another folder with --data-folder.",
        ) from error
    return lock
