"""What the background process can do, by name: thin functions over the client, from JSON values to records.

Each takes its `Task` first; the other arguments are those of `Session.call`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from DualNetSSLLib.client.address import normalise_address
from DualNetSSLLib.client.records import Case, Dataset, Erasure, Job, LabelDefinition, Model, WorklistEntry
from DualNetSSLLib.comparison.compare_models import compare_models, find_changes
from DualNetSSLLib.comparison.trial import try_models
from DualNetSSLLib.labels.contradictions import find_contested
from DualNetSSLLib.labels.exports import export_labels
from DualNetSSLLib.labels.interpolation import interpolate_slices
from DualNetSSLLib.labels.merge_with_server import merge_revisions
from DualNetSSLLib.labels.server_drafts import delete_draft, drafts, open_draft, put_draft
from DualNetSSLLib.labels.submit import outbox, resolve, submit
from DualNetSSLLib.localserver.launcher import LocalServer, find_local, start_local, stop_local
from DualNetSSLLib.maps.classmap import class_map
from DualNetSSLLib.maps.mapsurface import map_surface
from DualNetSSLLib.mending.operation import go_on_from_paint, second_opinions, spread_touch
from DualNetSSLLib.regions.alike import find_alike
from DualNetSSLLib.regions.all_scans import deal_regions
from DualNetSSLLib.regions.operation import find_regions
from DualNetSSLLib.scans.add_scans import add_folder, add_volume
from DualNetSSLLib.scans.case_names import case_names
from DualNetSSLLib.scans.folders import look_into
from DualNetSSLLib.scans.open_case import fetch_predictions, open_case
from DualNetSSLLib.scans.samples import sample_arrays, write_samples
from DualNetSSLLib.tasks.call import Server, Task
from DualNetSSLLib.tasks.connection import connected, try_server

Answer = dict[str, Any]


def connect(task: Task, address: str, token: str, fingerprint: str | None = None) -> Answer:
    """Use a server from now on; returns what the panel shows of it (`connected`), or says exactly what is wrong."""
    server, info = try_server(address, token, fingerprint)
    return connected(task, server, info)


def probe(task: Task, address: str, token: str, fingerprint: str | None = None) -> Answer:
    """Find out whether a server could be used, without using it from now on; returns ``address`` and ``server``."""
    server, info = try_server(address, token, fingerprint)
    return {"address": server.address, "server": info}


def remembered(operation: str, arguments: Mapping[str, Any]) -> Server | None:
    """Return the server that an earlier background process was connected to, without asking it."""
    if operation != "connect":
        return LocalServer.at(arguments["folder"], arguments.get("data_folder")).remembered()
    return Server(normalise_address(arguments["address"]), arguments["token"], arguments.get("fingerprint") or None)


# data sets


def datasets(task: Task) -> list[Dataset]:
    """List the data sets."""
    with task.client() as client:
        return client.datasets()


def create_dataset(task: Task, name: str, labels: Sequence[LabelDefinition | Mapping[str, Any]]) -> Dataset:
    """Make a data set; its labels are records, or their JSON."""
    definitions = [
        label if isinstance(label, LabelDefinition) else LabelDefinition.from_json(label) for label in labels
    ]
    with task.client() as client:
        return client.create_dataset(name, definitions)


def delete_dataset(task: Task, dataset: str) -> Erasure:
    """Erase a data set with all that belongs to it; returns what was removed, what stays and why."""
    with task.client() as client:
        return client.delete_dataset(dataset)


def cases(task: Task, dataset: str) -> list[Case]:
    """List the cases of a data set."""
    with task.client() as client:
        return client.cases(dataset)


def worklist(task: Task, dataset: str, order: str = "benefit", annotator: str = "") -> list[WorklistEntry]:
    """List the cases to look at next; ``order`` is benefit, uncertainty, foreground-random or name."""
    with task.client() as client:
        return client.worklist(dataset, order=order, annotator=annotator)


def next_case(
    task: Task, dataset: str, annotator: str = "", order: str = "benefit", skip: Sequence[str] = ()
) -> WorklistEntry | None:
    """Be served the next case: none of ``skip``, and none that was just served; None if none is left.

    A case whose label is still on its way is not served: the outbox is asked first, then the server, so that a label
    that arrives in between is known to one of them.
    """
    on_their_way = [entry.case for entry in outbox(task) if entry.dataset == dataset]
    with task.client() as client:
        return client.next_case(dataset, annotator=annotator, order=order, skip=[*skip, *on_their_way])


# jobs


def train(
    task: Task,
    dataset: str,
    config: Mapping[str, Any] | None = None,
    model: str | None = None,
    cases: Sequence[str] | None = None,
    predict_after: bool = True,
) -> Job:
    """Ask for a training, which starts from ``model`` if one is given."""
    with task.client() as client:
        return client.create_job("train", dataset, config=config, model=model, cases=cases, predict_after=predict_after)


def predict(task: Task, dataset: str, model: str, cases: Sequence[str] | None = None) -> Job:
    """Ask for a prediction with a model, of all cases or of these."""
    with task.client() as client:
        return client.create_job("predict", dataset, model=model, cases=cases)


def follow(task: Task, job: str, after: int = 0) -> Job:
    """Tell every event of a job after a cursor as ``progress`` (an `Event`), and return the job as it ended.

    The server may be away for as long as it likes; only `Call.cancel` ends the following, and never the job.
    """
    with task.client() as client:
        for event in client.follow_events(job, after=after, cancel=task.cancel, patience=float("inf")):
            task.tell(event)
        return client.job(job)


def jobs(task: Task, dataset: str | None = None) -> list[Job]:
    """List the jobs, of one data set or of all."""
    with task.client() as client:
        return client.jobs(dataset)


def job(task: Task, job: str) -> Job:
    """Read one job."""
    with task.client() as client:
        return client.job(job)


def cancel_job(task: Task, job: str) -> Job:
    """Ask a job to stop gracefully; a training keeps a usable model."""
    with task.client() as client:
        return client.cancel_job(job)


def resume_job(task: Task, job: str) -> Job:
    """Let a failed or cancelled job go on from its checkpoint."""
    with task.client() as client:
        return client.resume_job(job)


# models


def models(task: Task, dataset: str | None = None) -> list[Model]:
    """List the models, of one data set or of all."""
    with task.client() as client:
        return client.models(dataset)


def delete_model(task: Task, model: str) -> Erasure:
    """Erase a model and its predictions; returns what was removed, what stays and why."""
    with task.client() as client:
        return client.delete_model(model)


def export_model(task: Task, model: str, file: str) -> str:
    """Save a model as the zip of a MONAI bundle; returns the file's path."""
    with task.client() as client:
        record = client.model(model)
        return str(
            client.download_bundle(record, Path(file), progress=task.bytes_of(f"{Path(file).name}"), cancel=task.cancel)
        )


OPERATIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"test": probe}
    | {
        function.__name__: function
        for function in (
            connect,
            start_local,
            find_local,
            stop_local,
            datasets,
            create_dataset,
            delete_dataset,
            cases,
            worklist,
            next_case,
            look_into,
            add_folder,
            add_volume,
            write_samples,
            sample_arrays,
            case_names,
            open_case,
            fetch_predictions,
            submit,
            outbox,
            resolve,
            put_draft,
            drafts,
            open_draft,
            delete_draft,
            merge_revisions,
            find_contested,
            interpolate_slices,
            train,
            predict,
            follow,
            jobs,
            job,
            cancel_job,
            resume_job,
            models,
            delete_model,
            export_model,
            compare_models,
            find_changes,
            try_models,
            export_labels,
            find_regions,
            deal_regions,
            find_alike,
            second_opinions,
            spread_touch,
            go_on_from_paint,
            class_map,
            map_surface,
        )
    }
)
"""Every operation by its name."""
