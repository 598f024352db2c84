"""SIGTERM, as service managers and containers send it: idle, in an upload, in a check, in a training."""

from __future__ import annotations

import http.client
import secrets
import signal
import threading
import time
from hashlib import sha256
from pathlib import Path

from dualnetssl.server.settings import read_token
from dualnetssl_bench.faults.judging import copy, fill, judge_running, missing_after
from dualnetssl_bench.faults.ledger import Ledger
from dualnetssl_bench.faults.outcome import Outcome, crashed, lost
from dualnetssl_bench.faults.serving import Serving
from dualnetssl_bench.faults.training import ended_well, train, until_step
from dualnetssl_bench.faults.writing import send, write_case, write_some

PART_BYTES, WHOLE_BYTES = 300_000, 1_000_000
STEPS = 30


def stop_idle(folder: Path) -> Outcome:
    """Stop a server that does nothing."""
    ledger = Ledger()
    with Serving(folder / "data") as serving:
        serving.start_or_raise()
        with serving.client() as client:
            write_some(client, ledger, folder / "files")
        return _stopped(serving, ledger, folder)


def stop_in_upload(folder: Path) -> Outcome:
    """Stop a server that has a part of a file and receives the next; the upload must go on where it was."""
    content = secrets.token_bytes(WHOLE_BYTES)
    ledger = fill(folder / "data")
    with Serving(folder / "data") as serving:
        serving.start_or_raise()
        kept = _send_part(serving, content)
        open_request = _begin_part(serving, content, kept)
        outcome = _stopped(serving, ledger, folder)
        open_request.close()
    if outcome.bad:
        return outcome
    with Serving(folder / "data") as serving:
        serving.start_or_raise()
        with serving.client() as client:
            answer = client.transport.send("HEAD", f"/blobs/{sha256(content).hexdigest()}")
            if int(answer.headers["Upload-Offset"]) < kept:
                return lost([f"acknowledged {kept} bytes of an upload, found {answer.headers['Upload-Offset']}"])
            ledger.blob(send(client, folder / "files", content))
            return judge_running(serving, ledger.losses(client), ledger)


def _send_part(serving: Serving, content: bytes) -> int:
    connection = _patch(serving, content, 0, content[:PART_BYTES])
    answer = connection.getresponse()
    offset = int(answer.headers["Upload-Offset"])
    connection.close()
    return offset


def _begin_part(serving: Serving, content: bytes, offset: int) -> http.client.HTTPConnection:
    """Announce the rest of a file and send half of it."""
    return _patch(serving, content, offset, content[offset : offset + PART_BYTES], announced=len(content) - offset)


def _patch(
    serving: Serving, content: bytes, offset: int, part: bytes, announced: int | None = None
) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=30)
    connection.putrequest("PATCH", f"/v1/blobs/{sha256(content).hexdigest()}")
    connection.putheader("Authorization", f"Bearer {read_token(serving.data_folder)}")
    connection.putheader("Upload-Offset", str(offset))
    connection.putheader("Upload-Length", str(len(content)))
    connection.putheader("Content-Type", "application/octet-stream")
    connection.putheader("Content-Length", str(len(part) if announced is None else announced))
    connection.endheaders(part)
    return connection


def stop_in_check(folder: Path) -> Outcome:
    """Stop a server while it checks a case: the write is acknowledged and kept, or not acknowledged."""
    ledger = Ledger()
    with Serving(folder / "data") as serving:
        serving.start_or_raise()
        with serving.client() as client:
            write_some(client, ledger, folder / "files")
            dataset = client.datasets()[0].id
        thread = threading.Thread(target=_write_cases, args=(serving, ledger, dataset, folder / "files"))
        thread.start()
        time.sleep(secrets.SystemRandom().uniform(0.05, 0.5))
        outcome = _stopped(serving, ledger, folder, thread)
    return outcome


def _write_cases(serving: Serving, ledger: Ledger, dataset: str, folder: Path) -> None:
    from DualNetSSLLib.client.errors import DualNetSSLError

    with serving.client() as client:
        while True:
            try:
                write_case(client, ledger, dataset, folder)
            except DualNetSSLError:
                return


def stop_in_training(folder: Path) -> Outcome:
    """Stop a server while a job trains; the job goes on by itself and the next server takes its end in."""
    ledger = Ledger()
    with Serving(folder / "data") as serving:
        serving.start_or_raise()
        with serving.client() as client:
            write_some(client, ledger, folder / "files")
            job = train(client, folder, STEPS)
            until_step(client, job, 2)
        outcome = _stopped(serving, ledger, folder)
        if outcome.bad:
            return outcome
        serving.start_or_raise()
        with serving.client() as client:
            return ended_well(client, job, STEPS)


def _stopped(serving: Serving, ledger: Ledger, folder: Path, client: threading.Thread | None = None) -> Outcome:
    """Stop a server, take a copy of its folder without the store's log, and see whether the copy has everything."""
    status = serving.stop(signal.SIGTERM)
    if client is not None:
        client.join()
    if status is None:
        return crashed("SIGTERM did not end the server")
    cold = copy(serving.data_folder, folder / "cold-copy")
    for ending in ("-wal", "-shm"):
        (cold / f"store.sqlite{ending}").unlink(missing_ok=True)
    with Serving(cold) as second:
        refusal = second.start()
        if refusal is not None:
            return lost([f"a copy of store.sqlite and blobs does not start: {refusal.sentence}"])
        outcome = judge_running(second, missing_after(second, ledger), ledger)
    found = serving.traceback()
    return crashed(f"everything is there, but the log has: {found}") if found and not outcome.bad else outcome
