"""``train``: train on folders of scans, in this process, without a server."""

from __future__ import annotations

import argparse
import difflib
import json
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dualnetssl.cli.administration import engine
from dualnetssl.cli.machine import Tell, add_json, told
from dualnetssl.cli.numbers import number, whole
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.server.engines.threads import wait_briefly

if TYPE_CHECKING:
    from dualnetssl.contract.config import TrainConfig
    from dualnetssl.contract.jobdir import JobDirectory, JobResult
    from dualnetssl.contract.jobspec import JobSpec
    from dualnetssl.intake.from_folders import Intake, Request

_PLAIN_OPTIONS = ("preset", "steps", "width", "seed", "patch")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--images", metavar="DIR", type=Path, required=True, help="scans: NIfTI, NRRD or MetaImage")
    parser.add_argument(
        "--labels", metavar="DIR", type=Path, help="label files (default: found with the scans, as inspect shows)"
    )
    parser.add_argument("--output", metavar="DIR", type=Path, required=True, help="gets model/ and the run's record")
    add_choices(parser)
    parser.add_argument(
        "--only", metavar="CLASS", nargs="+", default=[], help="learn these classes alone, by name or value"
    )
    parser.add_argument(
        "--bounds", metavar="FILE", type=Path, help="JSON: between which voxels of a scan all its structures lie"
    )
    parser.add_argument("--preset", choices=("default", "paper", "supervised"), help="default: default")
    parser.add_argument("--steps", metavar="N", type=whole("--steps"), help="training steps (default: the preset's)")
    parser.add_argument("--width", metavar="N", type=whole("--width"), help="channels at full resolution (default: 16)")
    parser.add_argument(
        "--minutes", metavar="N", type=number("--minutes", 0.1, 100_000), help="choose width and steps to fit"
    )
    parser.add_argument("--seed", metavar="N", type=whole("--seed"), help="of everything random (default: 0)")
    parser.add_argument(
        "--seeds", metavar="N", nargs="+", type=whole("--seeds", 0, 1000), help="one training each, side by side"
    )
    parser.add_argument(
        "--gpus", metavar="N", type=whole("--gpus", 1, 64), default=1, help="of this computer, together"
    )
    engine.configure(parser)
    parser.add_argument(
        "--patch", metavar=("K", "J", "I"), nargs=3, type=whole("--patch"), help="voxels (default: from the data)"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda:N (default: auto)")
    parser.add_argument("--model", metavar="DIR", type=Path, help="start from this model instead of from nothing")
    parser.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], help="any field of docs/configuration.md"
    )
    add_json(parser)


def add_choices(parser: argparse.ArgumentParser) -> None:
    """Declare which scans take part and which labels are used."""
    parser.add_argument(
        "--labelled", metavar="FILE_OR_N", help="use only these labels: the first N by name, or a file of names"
    )
    parser.add_argument(
        "--exclude", metavar="FILE_OR_N", help="keep these scans out: the last N by name, or a file of names"
    )
    parser.add_argument("--classes", metavar="FILE", type=Path, help="JSON with the names of the classes")
    parser.add_argument("--skip-invalid", action="store_true", help="go on without files that cannot be used")


def run(arguments: argparse.Namespace) -> int:
    """Check the files, train or go on with an unfinished training, and say where the model is."""
    wait_briefly(os.environ)
    with told(arguments.json) as tell:
        return _run(arguments, tell)


def _run(arguments: argparse.Namespace, tell: Tell) -> int:
    from dualnetssl.cli.monitor import Monitor, graceful_stop, log_to
    from dualnetssl.cli.reports import leave
    from dualnetssl.contract.jobdir import JobDirectory
    from dualnetssl.intake.from_folders import write_joined, write_made
    from dualnetssl.intake.kind import with_kind
    from dualnetssl.worker.claim import claim

    directory = JobDirectory(arguments.output)
    check_seeds(arguments)
    config = read_config(arguments)
    request, found = take(arguments)
    write_joined(found)
    spec = order(arguments, with_kind(config, found.kinds.kind), found)
    if arguments.minutes is not None:
        from dualnetssl.worker.timebudget import within

        write_made(found, request)
        width = config.width if "width" in chosen_fields(arguments) else None
        spec = within(spec, arguments.minutes, width, directory, partial(print, flush=True))
    if arguments.seeds:
        from dualnetssl.cli.parallel import seeds

        write_made(found, request)
        return seeds.train(arguments, spec)
    if not claim(directory, spec, print):
        print(f"This training is finished already: the model is in {directory.model_path}.")
        return 0
    write_made(found, request)
    if arguments.gpus > 1:
        from dualnetssl.cli.parallel import ranks

        result = ranks.train(directory, arguments.gpus)
    else:
        from dualnetssl.worker.process import run as work

        with Monitor(tell) as monitor, log_to(directory.log_path), graceful_stop(directory.request_cancel, monitor.say):
            result = work(directory, monitor)
    record, report = leave(directory.path, "train", arguments) if result.step else ({}, None)
    tell({"kind": "result", **result.model_dump(mode="json"), "report": report and str(report)})
    return conclude(directory, result, record, report)


def check_seeds(arguments: argparse.Namespace) -> None:
    """Refuse seeds that make no sense, and a cluster without any.

    Raises:
        InvalidRequest: they are refused.
    """
    if arguments.minutes is not None:
        check_minutes(arguments)
    if not arguments.seeds:
        engine.refuse_without("--seeds", arguments)
        return
    if arguments.gpus > 1:
        raise InvalidRequest("--gpus and --seeds", "one of them", "At a cluster --slurm-gpus is for each seed.")
    from dualnetssl.cli.parallel import seeds

    seeds.check(arguments)


def check_minutes(arguments: argparse.Namespace) -> None:
    """Refuse a budget beside steps that are set, and where it could not be measured.

    Raises:
        InvalidRequest: it is refused.
    """
    if "steps" in chosen_fields(arguments):
        raise InvalidRequest("--minutes and --steps", "one of them", "Leave out --steps: --minutes chooses them.")
    if arguments.seeds or arguments.gpus > 1:
        received = "--minutes with --seeds or --gpus"
        raise InvalidRequest(received, "one training in this process", "Choose --steps and --width yourself.")


def take(arguments: argparse.Namespace) -> tuple[Request, Intake]:
    """Check all files.

    Raises:
        InvalidDataset: files or folders cannot be used; each was listed.
        InvalidRequest: a choice of scans, the class names or the bounds make no sense.
    """
    from dualnetssl.cli.terminal import Progress, complain
    from dualnetssl.intake import from_folders, made

    request = from_folders.Request(
        arguments.images,
        arguments.labels,
        arguments.labelled,
        arguments.exclude,
        arguments.classes,
        arguments.bounds,
        arguments.output.resolve() / made.FOLDER,
        tuple(arguments.only),
    )
    with Progress("checking files") as progress:
        found = from_folders.take_training(request, progress.count)
    from_folders.tell(found.notes, complain)
    from_folders.refuse_findings(found.findings, arguments.skip_invalid, complain)
    from_folders.check_enough(found)
    made.check_apart((*found.made, *found.joined), arguments.output / made.FOLDER)
    made.check_apart((*found.made, *found.joined), arguments.output / made.SCANS)
    return request, found


def order(arguments: argparse.Namespace, config: TrainConfig, found: Intake) -> JobSpec:
    """Write down what is to be done with the scans that were found.

    Raises:
        InvalidDataset: the patch is none that the networks take.
        InvalidRequest: no such device, or a model to start from that does not fit.
    """
    from dualnetssl.contract.jobspec import JobSpec
    from dualnetssl.contract.schema import JobKind
    from dualnetssl.scans.cache import chosen_folder
    from dualnetssl.worker.jobs import check_order

    names = ", ".join(f"{label.value} {label.name}" for label in found.labels)
    bounded = f", {len(found.made)} with bounds" if found.made else ""
    print(f"{len(found.cases)} scans, {found.labelled} of them labelled{bounded}; classes: {names}.", flush=True)
    model = str(arguments.model.resolve()) if arguments.model else None
    kind = JobKind.TRAIN
    spec = JobSpec(
        kind=kind,
        labels=found.labels,
        cases=found.cases,
        model=model,
        device=arguments.device,
        train=config,
        prepared=chosen_folder(),
    )
    check_order(spec)
    if spec.prepared:
        print(
            f"Copies made ready for training are kept in {spec.prepared};\nDUALNETSSL_PREPARED=none keeps none.",
            flush=True,
        )
    return spec


def read_config(arguments: argparse.Namespace) -> TrainConfig:
    """Turn the options into a training configuration.

    Raises:
        InvalidRequest: a field is unknown or has a value that is not allowed.
    """
    return checked_config(chosen_fields(arguments))


def chosen_fields(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the fields of the configuration that the options set.

    Raises:
        InvalidRequest: an assignment that is none.
    """
    fields = {name: getattr(arguments, name) for name in _PLAIN_OPTIONS if getattr(arguments, name) is not None}
    return fields | dict(read_assignment(text) for text in arguments.set)


def checked_config(fields: dict[str, Any]) -> TrainConfig:
    """Lay fields over their preset.

    Raises:
        InvalidRequest: a field is unknown or has a value that is not allowed.
    """
    from pydantic import ValidationError

    from dualnetssl.contract.config import TrainConfig, resolve
    from dualnetssl.contract.errors import InvalidRequest

    try:
        return resolve(fields)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"][:1]))
        known = field in TrainConfig.model_fields
        allowed = first["msg"] if known else f"one of {', '.join(TrainConfig.model_fields)}"
        received = f"{field}={first['input']!r}"
        alike = difflib.get_close_matches(field, TrainConfig.model_fields, 1, 0.6)
        hint = f"Did you mean {alike[0]}? " if alike and not known else ""
        remedy = f"{hint}Change the option; docs/configuration.md describes each field."
        raise InvalidRequest(received, allowed, remedy) from error


def read_assignment(text: str) -> tuple[str, Any]:
    """Read ``key=value``; the value is JSON if it can be, else text.

    Raises:
        InvalidRequest: there is no ``=``.

    Example:
        >>> read_assignment("spacing=[1, 1, 2.5]"), read_assignment("norm=batch")
        (('spacing', [1, 1, 2.5]), ('norm', 'batch'))
    """
    key, sign, value = text.partition("=")
    if not sign:
        raise InvalidRequest(f"--set {text}", "--set KEY=VALUE", "Write for instance --set learning_rate=0.003.")
    try:
        return key.strip(), json.loads(value)
    except json.JSONDecodeError:
        return key.strip(), value


def conclude(directory: JobDirectory, result: JobResult, record: Mapping[str, Any], report: Path | None = None) -> int:
    """Print how the job ended and what it took; return the exit status: 0, 2 after a failure, 130 if it was stopped."""
    from dualnetssl.cli import summary
    from dualnetssl.cli.main import explain

    if result.problem is not None:
        return explain(result.problem)
    lines = [summary.took(record)] if record else []
    lines += [*summary.dice(result.metrics), *([f"The report is {report}: open it in a browser."] if report else [])]
    if result.outcome == "cancelled":
        kept = f"a usable model is in {directory.model_path}" if result.model else "it had not yet learnt anything"
        summary.say([f"Stopped at step {result.step}: {kept}. The same command goes on from there.", *lines])
        return 130
    images = next(iter(directory.read_spec().cases)).image
    following = ("predict", "--model", directory.model_path, "--images", Path(images).parent, "--output")
    command = summary.command(*following, directory.path / "predictions")
    summary.say([f"Done: the model is in {directory.model_path}.", *lines, f"Next: {command}"])
    return 0
