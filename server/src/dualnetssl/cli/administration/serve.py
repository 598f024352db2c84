"""``serve``: compose the server, say what to paste where, and run it until Ctrl+C."""

from __future__ import annotations

import argparse
import errno
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from dualnetssl.cli.administration import engine
from dualnetssl.cli.numbers import named_folder, number, whole
from dualnetssl.contract.errors import AddressInUse, InvalidRequest
from dualnetssl.contract.schema import Device
from dualnetssl.contract.words import size_in_words
from dualnetssl.server import settings
from dualnetssl.server.api.app import create_app
from dualnetssl.server.api.resources.services import Services
from dualnetssl.server.audit import Audit, is_missing
from dualnetssl.server.blobs import Blobs
from dualnetssl.server.datafolder import opened
from dualnetssl.server.engines import Engine
from dualnetssl.server.inspection import Inspectors
from dualnetssl.server.serving.certificate import Certificate
from dualnetssl.server.serving.logs import log_to
from dualnetssl.server.serving.server import QUEUED_CONNECTIONS, certificate_of, guard_for, server_of
from dualnetssl.server.settings import MOST_TRASH_DAYS, Settings
from dualnetssl.server.store import Store
from dualnetssl.server.supervisor import Supervisor
from dualnetssl.version import VERSION

_GIB = (0.001, 2**20)
_VOXELS = (8, 2**40)
_JOBS = (1, 64)
_CONNECTIONS = (1, 100_000)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    defaults = Settings(data_folder=Path())
    parser.add_argument("--host", default=defaults.host, help="address to listen on (default: this computer alone)")
    parser.add_argument(
        "--port",
        type=whole("--port", 0, 65535),
        default=defaults.port,
        help="port; 0 takes a free one (default: %(default)s)",
    )
    parser.add_argument(
        "--data-folder", type=named_folder("--data-folder"), default=None, help="where everything is kept"
    )
    parser.add_argument(
        "--token", choices=("generated", "none"), default="generated", help="'none' lets everybody on this computer in"
    )
    parser.add_argument("--tls-cert", type=Path, help="certificate (PEM), to speak HTTPS")
    parser.add_argument("--tls-key", type=Path, help="key of the certificate (PEM)")
    parser.add_argument(
        "--max-gib", type=number("--max-gib", *_GIB), default=defaults.blob_bytes / 2**30, help="largest file to accept"
    )
    parser.add_argument(
        "--max-voxels", type=whole("--max-voxels", *_VOXELS), default=defaults.voxels, help="largest volume to accept"
    )
    parser.add_argument(
        "--trash-days",
        type=whole("--trash-days", 0, MOST_TRASH_DAYS),
        default=defaults.trash_days,
        help="days to keep what is erased; 0 erases at once",
    )
    parser.add_argument(
        "--jobs-per-device",
        type=whole("--jobs-per-device", *_JOBS),
        default=defaults.slots,
        help="jobs that run at a time",
    )
    engine.configure(parser)
    _configure_network(parser, defaults)


def _configure_network(parser: argparse.ArgumentParser, defaults: Settings) -> None:
    parser.add_argument(
        "--max-connections",
        type=whole("--max-connections", *_CONNECTIONS),
        default=defaults.max_connections,
        help="connections at a time; fewer where the process may open too few files (default: %(default)s)",
    )
    parser.add_argument(
        "--allowed-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a further name by which clients may call the server, such as that of a reverse proxy; repeatable",
    )
    parser.add_argument(
        "--trusted-proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="a reverse proxy whose word is taken for the address of a client; repeatable",
    )
    parser.add_argument("--log-format", choices=("text", "json"), default=defaults.log_format, help="form of the log")


def run(arguments: argparse.Namespace) -> int:
    """Serve until the process is told to stop.

    Raises:
        AddressInUse: the port or the data folder is taken.
        UnsafeExposure: other computers could reach the server without a token.
        InvalidRequest: address, certificate, key or options for a cluster cannot be used.
        UnusableDataFolder: the data folder is damaged, cannot be written to, or its parts do not belong together.
    """
    settings.keep_private()
    chosen = settings_of(arguments)
    certificate = usable_certificate(chosen)
    place = engine.engine_of(arguments, chosen.slots)
    with ended_by_sigterm(), data_folder_of(chosen), listening(chosen) as listener:
        with settings.usable_folder():
            chosen.stop_path.unlink(missing_ok=True)  # meant for a server before this one
            log_to(chosen.log_path, chosen.log_format)
        with opened(chosen) as (store, blobs):
            warn_of_audit(Audit(chosen.audit_root, store.anchor))
            services = compose(chosen, store, blobs, *place)
            guard = guard_for(chosen)
            app = create_app(services, connections=lambda: len(guard))
            print(banner(chosen, listener.getsockname()[1], services.devices), flush=True)
            server_of(app, chosen, guard, certificate, listener).run(sockets=[listener])
    return 0


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the block in order, as Ctrl+C does; the web server hands the signal on when it has stopped."""

    def end(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the end is under way
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Turn the options into settings, making data folder and token as needed."""
    folder = settings.make_data_folder(arguments.data_folder or settings.default_data_folder())
    return Settings(
        data_folder=folder,
        host=arguments.host,
        port=arguments.port,
        token=settings.read_token(folder) if arguments.token == "generated" else None,  # noqa: S105
        blob_bytes=int(arguments.max_gib * 2**30),
        voxels=arguments.max_voxels,
        slots=arguments.jobs_per_device,
        trash_days=arguments.trash_days,
        tls_certificate=arguments.tls_cert,
        tls_key=arguments.tls_key,
        max_connections=arguments.max_connections,
        allowed_hosts=tuple(arguments.allowed_host),
        trusted_proxies=tuple(arguments.trusted_proxy),
        log_format=arguments.log_format,
    )


def usable_certificate(chosen: Settings) -> Certificate | None:
    """Read certificate and key, if there are any, before the server starts.

    Raises:
        InvalidRequest: they cannot be used.
    """
    try:
        return certificate_of(chosen)
    except OSError as error:  # an SSLError is one, too
        raise InvalidRequest(
            f"a certificate or key that cannot be used ({error.strerror or error})",
            "a certificate and its key, both as PEM files",
            "Correct --tls-cert and --tls-key.",
        ) from error


@contextmanager
def data_folder_of(chosen: Settings) -> Iterator[None]:
    """Hold the data folder against a second server."""
    lock = settings.lock_data_folder(chosen.data_folder)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def listening(chosen: Settings) -> Iterator[socket.socket]:
    """Listen on the address; clients that come before the server is up wait for it.

    Raises:
        AddressInUse: another program listens there.
        InvalidRequest: this computer has no such address.
    """
    family = socket.AF_INET6 if ":" in chosen.host else socket.AF_INET
    # asyncio turns off Nagle's delay (40 ms an answer) only on sockets that name their protocol
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        if hasattr(socket, "SO_REUSEPORT"):  # elsewhere, SO_REUSEADDR would let two servers share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((chosen.host, chosen.port))
        except (OSError, OverflowError) as error:
            raise _unbound(chosen, error) from error
        listener.listen(QUEUED_CONNECTIONS)
        yield listener


def _unbound(chosen: Settings, error: Exception) -> AddressInUse | InvalidRequest:
    if getattr(error, "errno", None) == errno.EADDRINUSE:
        return AddressInUse(
            f"port {chosen.port} of {chosen.host}, on which another program listens",
            "a free port",
            "Stop the other program, or choose another port with --port (0 takes any free one).",
        )
    return InvalidRequest(
        f"the address {chosen.host}, port {chosen.port}, which cannot be listened on",
        "an address of this computer and a port from 1024 to 65535",
        "Correct --host or --port.",
    )


def compose(
    chosen: Settings, store: Store, blobs: Blobs, engine: Engine, slots: tuple[str, ...], devices: tuple[Device, ...]
) -> Services:
    """Put the server together."""
    supervisor = Supervisor(store, blobs, chosen.jobs_root, engine=engine, slots=slots)
    return Services(chosen, store, blobs, supervisor, Inspectors(), devices)


def warn_of_audit(audit: Audit) -> None:
    """Say on standard error that the record of who did what is gone, which keeps nobody from work."""
    if is_missing(audit):
        print(
            "\n  Warning: the record of who did what (the folder 'audit') is missing, and this store had one."
            "\n  The server goes on, and /v1/ready tells of it. Stop it and put the folder back, for instance from a"
            "\n  backup; or run 'dualnetssl audit accept --reason WHY', which enters the gap in a new record.",
            file=sys.stderr,
            flush=True,
        )


def banner(chosen: Settings, port: int, devices: tuple[Device, ...]) -> str:
    """Say what to paste where, what the server works with, and how to stop it."""
    lines = [
        f"DualNetSSL server {VERSION}",
        "",
        "  Paste into 3D Slicer, module DualNetSSL:",
        f"    address   {address_of(chosen, port)}",
        f"    token     {chosen.token or 'none needed'}",
        "",
        f"  computes on  {', '.join(_title(device) for device in devices)}",
        f"  keeps data   {chosen.data_folder}",
        "  to stop      Ctrl+C; jobs that run go on by themselves, and the next start takes them up",
        *_warning(chosen),
    ]
    return "\n".join(["", *lines, ""])


def address_of(chosen: Settings, port: int) -> str:
    """Return the URL under which clients find the server."""
    host = socket.gethostname() if chosen.host in ("0.0.0.0", "::") else chosen.host  # noqa: S104
    scheme = "http" if chosen.tls_certificate is None else "https"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _title(device: Device) -> str:
    return f"{device.title} ({size_in_words(device.memory_bytes)})" if device.memory_bytes else device.title


def _warning(chosen: Settings) -> list[str]:
    if chosen.loopback or chosen.tls_certificate is not None:
        return []
    return [
        "",
        "  Warning: other computers can reach this server, and nothing that is sent is encrypted.",
        "  Use --tls-cert and --tls-key, or listen on 127.0.0.1 and come through an SSH tunnel.",
    ]
