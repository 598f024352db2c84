"""``bench``: measurements, each a command of its own."""

from __future__ import annotations

import argparse

from dualnetssl_server.cli.main import Command, add_commands

BENCHES = (
    Command("ablation", "dualnetssl_server.cli.bench_ablation", "what each term and choice of the method is worth"),
    Command("accuracy", "dualnetssl_server.cli.bench_accuracy", "how much of the gap to all labels is closed"),
    Command("api", "dualnetssl_server.cli.bench_api", "answer times while a job trains and clients upload or poll"),
    Command("faults", "dualnetssl_server.cli.bench_faults", "what becomes of servers under kills, full disks, damage"),
    Command(
        "folder", "dualnetssl_server.cli.bench_folder", "a folder of scans through server and client: time, memory"
    ),
    Command("gpu", "dualnetssl_server.cli.bench_gpu", "all that is worth a GPU, in the few minutes it can be had"),
    Command("loop", "dualnetssl_server.cli.bench_loop", "Dice against a clinician's effort, by where they look"),
    Command("recovery", "dualnetssl_server.cli.bench_recovery", "time and steps lost when worker or server is killed"),
    Command(
        "throughput", "dualnetssl_server.cli.bench_throughput", "speed beside a plain loop and the device's limits"
    ),
    Command("uncertainty", "dualnetssl_server.cli.bench_uncertainty", "how far maps and predicted Dice can be trusted"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the measurements; the bench that is chosen brings its own ``run``."""
    add_commands(parser, BENCHES, {bench.name for bench in BENCHES})
