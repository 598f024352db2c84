"""Fuzz the parser of one format: `pip install atheris`, then `python fuzz_headers.py nrrd -max_total_time=1200`.

The formats are nrrd, nifti and metaimage; what follows goes to libFuzzer. The corpus of hostile files is where it
begins. What it finds lies in the folder that it names: `python fuzz_headers.py nrrd FOLDER/crash-…` shows it again.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
LONGEST_SEED = 4096
MARKS = {"nrrd": b"NRRD000", "metaimage": b"ObjectType = "}


def shaped(kind: str, data: bytes) -> bytes:
    """Give bytes the mark of a format, so that it is that format's parser which reads them."""
    if kind == "nifti":
        return data[:344].ljust(344, b"\0") + b"n+1\0" + data[348:]
    return data if data.startswith(MARKS[kind]) else MARKS[kind] + data


def seeds(kind: str) -> list[bytes]:
    """Return what the corpus of hostile files has of a format, taken or refused."""
    from hostile.corpus import REFUSED, TAKEN

    files = [data for data in (*REFUSED.values(), *TAKEN.values()) if len(data) <= LONGEST_SEED]
    if kind == "nifti":
        return [data for data in files if data[344:348] == b"n+1\0"]
    return [data for data in files if data.startswith(MARKS[kind])]


def begun(kind: str) -> Path:
    """Make the folder for what is found, with the seeds in it."""
    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{kind}-"))
    (folder / "corpus").mkdir()
    for number, data in enumerate(seeds(kind)):
        (folder / "corpus" / f"seed-{number}").write_bytes(data)
    print(f"What is found lies in {folder}.", file=sys.stderr)
    return folder


def main(kind: str, *options: str) -> None:
    """Fuzz until libFuzzer's options say that it is enough, or to the first fault."""
    import atheris

    sys.path[:0] = [str(TESTS), str(TESTS.parent / "src"), str(TESTS.parents[1])]
    warnings.simplefilter("error")  # as the tests have it
    with atheris.instrument_imports(include=["dualnetssl.volumes"]):
        from hostile.settling import settle
    again = any(Path(option).is_file() for option in options)
    folder = [] if again else [f"-artifact_prefix={(found := begun(kind))}/", str(found / "corpus")]
    atheris.Setup([sys.argv[0], "-timeout=10", *folder, *options], lambda data: settle(shaped(kind, data)))
    atheris.Fuzz()


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in (*MARKS, "nifti"):
        sys.exit("Say which format: nrrd, nifti or metaimage.")
    main(*sys.argv[1:])
