"""Run as a program: check the files that are named, already open, and print what else this process opened."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

from dualnetssl.server.inspection.inspector import Inspection, answer, warm_up


def main() -> None:
    warm_up()
    files = [Path(line) for line in sys.stdin.read().splitlines()]
    events: list[str] = []
    watching = [False]
    watched = ("open", "os.", "socket.", "subprocess.", "shutil.", "import")

    def note(event: str, arguments: object) -> None:
        if watching[0] and event.startswith(watched):
            events.append(f"{event} {arguments!r}")

    sys.addaudithook(note)
    kinds = []
    for path in files:
        with path.open("rb") as image, path.open("rb") as label:
            watching[0] = True
            question = Inspection({"image": image, "label": label}, {"image": io.BytesIO()}, [0, 1], 1 << 26)
            kinds.append(answer(question).get("refusal", {}).get("kind"))
            watching[0] = False
    print(json.dumps({"events": events, "kinds": kinds}))


if __name__ == "__main__":
    main()
