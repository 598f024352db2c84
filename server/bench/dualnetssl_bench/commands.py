"""``bench``: measurements, each a command of its own; and what this package adds to the command ``dualnetssl``."""

from __future__ import annotations

import argparse

from dualnetssl.cli.main import Command, add_commands

_QUICK, _DEMO = ("--quick",), ("", "--quick --output try")
COMMANDS = (
    Command("demo", "dualnetssl_bench.showcase.demo", "show the whole loop on sample scans and write a report", _DEMO),
    Command(
        "bench",
        "dualnetssl_bench.commands",
        "measure accuracy, effort, speed and faults",
        ("throughput", "accuracy --quick"),
    ),
)
BENCHES = (
    Command(
        "ablation", "dualnetssl_bench.experiments.ablation", "what each term and choice of the method is worth", _QUICK
    ),
    Command("accuracy", "dualnetssl_bench.experiments.accuracy", "how much of the gap to all labels is closed", _QUICK),
    Command("api", "dualnetssl_bench.servers.api", "answer times while a job trains and clients upload or poll"),
    Command("faults", "dualnetssl_bench.faults.command", "what becomes of servers under kills, full disks, damage"),
    Command("folder", "dualnetssl_bench.servers.folder", "a folder of scans through server and client: time, memory"),
    Command("gpu", "dualnetssl_bench.gpu.command", "all that is worth a GPU, in the few minutes it can be had"),
    Command(
        "labels", "dualnetssl_bench.labelling.labels", "Dice against an expert's minutes, by how labels are painted"
    ),
    Command("lesions", "dualnetssl_bench.experiments.lesions", "lesions of 4 to 60 voxels, counted one by one"),
    Command(
        "lists", "dualnetssl_bench.servers.lists", "what lists, worklist and supervisor take at 10,000 cases", _QUICK
    ),
    Command(
        "loop", "dualnetssl_bench.correction.loop", "Dice against a clinician's effort, by where they look", _QUICK
    ),
    Command("neighbour", "dualnetssl_bench.speed.neighbour", "steps beside a program that keeps a core busy", _QUICK),
    Command("predicting", "dualnetssl_bench.speed.predicting", "what predicting takes beside the networks", _QUICK),
    Command("prepared", "dualnetssl_bench.speed.prepared", "scans made ready for training: time, memory, second start"),
    Command("recovery", "dualnetssl_bench.faults.recovery", "time and steps lost when worker or server is killed"),
    Command("scale", "dualnetssl_bench.servers.scale", "scans an hour against workers of a fixed cost"),
    Command("throughput", "dualnetssl_bench.speed.throughput", "speed beside a plain loop and the device's limits"),
    Command(
        "timeleft", "dualnetssl_bench.speed.timeleft", "the time left that commands tell, against the truth", _QUICK
    ),
    Command("touch", "dualnetssl_bench.touch.touch", "seconds to mend a region, by brush, opinions and spread"),
    Command(
        "uncertainty", "dualnetssl_bench.experiments.uncertainty", "how far maps and predicted Dice can be trusted"
    ),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the measurements; the bench that is chosen brings its own ``run``."""
    add_commands(parser, BENCHES, {bench.name for bench in BENCHES})
