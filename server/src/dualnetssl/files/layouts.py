"""Folders as other programs lay them out: nnU-Net, Medical Segmentation Decathlon, BIDS, a folder for each patient."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dualnetssl.contract.errors import InvalidDataset
from dualnetssl.files.listing import (
    CLASS_FILES,
    Listing,
    check_folder,
    is_volume,
    list_volumes,
    nothing_found,
    others_in,
    visible,
    volumes_in,
)
from dualnetssl.files.names import case_names, channel_of, folder_of, is_label_word, label_base, scan_base, stem
from dualnetssl.files.pairing import (
    MOST_CHANNELS,
    Finding,
    Named,
    Note,
    Pairing,
    Scan,
    is_segmentation_file,
    label_keys,
    pair,
    told_apart,
)

PAIRS = (("images", "labels"), ("imagestr", "labelstr"))
"""Names of folders of scans and of labels beside them, in small letters, that go before others; see `folder_of`."""
_TO_PREDICT = ("imagests", "imagesval", "imagestest")
_TO_JUDGE = ("labelsts", "labelsval", "labelstest")
_NUMBERED = ("imagestr", "imagests", "imagesval")
_SUBJECT = re.compile(r"sub-[A-Za-z0-9]+")
_BIDS_LABEL = re.compile(r"_(label-[A-Za-z0-9]+_)?(dseg|mask|probseg|seg|seg-[A-Za-z0-9]+|label-[A-Za-z0-9]+)$")
_NOT_DATA = {"derivatives", "sourcedata", "code", "stimuli"}


def find_pairs(folder: Path, channels: int | None = None) -> Pairing:
    """Find the scans of a data set's folder with their labels, however it is laid out.

    Args:
        folder: of the whole data set.
        channels: that a scan is known to have; None: told from the names.

    Raises:
        InvalidDataset: there is no such folder, or no scan in it.
    """
    check_folder(folder, "images")
    for read in (_two_folders, _bids, _patients, _one_folder):
        found: Pairing | None = read(folder, channels)
        if found is not None:
            return found
    raise nothing_found(folder, "images", _inside(folder))


def _inside(folder: Path, depth: int = 3) -> Path | None:
    """Return the first folder below that holds scans, or the data set of which it is a part."""
    below = [path for path in visible(folder) if path.is_dir()]
    if folder_of(folder.name) != "scans" and _pair_of_folders(path.name.lower() for path in below) is not None:
        parts = [path for path in below if folder_of(path.name) == "scans"]
        return folder if any(volumes_in(path) for path in parts) else next(filter(None, map(_inside, parts)), None)
    if volumes_in(folder):
        return folder
    deeper = (_inside(path, depth - 1) for path in below if depth)
    return next(filter(None, deeper), None)


def pair_folders(images: Path, labels: Path, channels: int | None = None) -> Pairing:
    """Pair the scans of one folder with the labels of another, or of the same.

    Subjects of BIDS are paired with the derivatives below the folder of labels.

    Raises:
        InvalidDataset: a folder is not there, or holds no volume.
    """
    check_folder(images, "images")
    if not volumes_in(images) and _subjects(images):
        check_folder(labels, "labels")
        found = _bids(images, channels, labels)
        if found is None or not any(scan.label for scan in found.scans):
            raise nothing_found(labels, "labels", _inside(labels))
        return found
    scans = list_volumes(images, "images")
    if labels.resolve() == images.resolve():
        return _beside(scans, images, channels)
    others = list_volumes(labels, "labels")
    plain, odd = told_apart(scans.files)
    aside = (
        Note(path.name, f"left aside: it looks like a label of {of}, and labels are taken from {labels.name}")
        for (_, path), of in odd
    )
    notes = (*scans.notes, *others.notes, *aside)
    named, declared, odd_pairs = _as_listed(plain, others.files, labels)
    found = pair(plain, named, channels, _numbers_channels(images, labels))
    return replace(
        found,
        findings=(*found.findings, *odd_pairs),
        notes=(*declared, *notes, *_joined_notes(found.scans), *_undeclared(found.scans, labels)),
        classes=class_file(labels),
        layout=f"scans in {images.name}, labels in {labels.name}",
    )


def find_scans(folder: Path, channels: int | None = None) -> Pairing:
    """Find the scans of a folder for prediction, however it is laid out; labels that lie there are left aside.

    Raises:
        InvalidDataset: there is no such folder, or no scan in it.
    """
    found = find_pairs(folder, channels)
    return replace(found, scans=tuple(replace(scan, label=None, masks={}) for scan in found.scans))


def find_labels(folder: Path, scans: Sequence[str]) -> tuple[Named, ...]:
    """Find the label files of a folder, or of a whole data set, however it is laid out.

    Args:
        folder: of label files, of derivatives of BIDS, or of scans with their labels.
        scans: stems of the scans that they may belong to.

    Returns:
        Files and the stems of their scans; a file's own stem where the folder holds nothing but files.

    Raises:
        InvalidDataset: there is no such folder, or no label in it.
    """
    check_folder(folder, "labels")
    if volumes_in(folder):
        return list_volumes(folder, "labels").files
    below = _below(folder, lambda path: _SUBJECT.fullmatch(path.name) is not None)
    derived = [(of, path) for text, path in below if (of := _subject_scan(text, scans)) is not None]
    found = derived or [(scan.stem, scan.label) for scan in find_pairs(folder).scans if scan.label is not None]
    if not found:
        raise nothing_found(folder, "labels", _inside(folder))
    return tuple(found)


def class_file(labels: Path) -> Path | None:
    """Return the file of classes in or beside a folder of labels: ``labels.json`` or ``dataset.json``, if there is one.

    A ``dataset.json`` that says nothing of labels, as BIDS may have, is none.
    """
    places = (place / name for place in (labels, labels.resolve().parent) for name in CLASS_FILES)
    return next((place for place in places if place.is_file() and "labels" in _content(place)), None)


def _content(path: Path) -> Any:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {"labels": None}  # it is read once more, and refused with the reason
    return content if isinstance(content, dict) and path.name != "labels.json" else {"labels": content}


def _declared_channels(labels: Path) -> int | None:
    """Return how many channels nnU-Net's or the Decathlon's ``dataset.json`` declares, None if none is there."""
    place = labels.resolve().parent / "dataset.json"
    content = _content(place) if place.is_file() else {}
    names = content.get("channel_names", content.get("modality"))
    return len(names) if isinstance(names, dict | list) and names else None


def _as_listed(
    scans: Sequence[Named], labels: Sequence[Named], folder: Path
) -> tuple[list[Named], list[Note], list[Finding]]:
    """Pair by the list of a ``dataset.json`` where names alone do not, and use no label where the two contradict."""
    listed = _listed_pairs(folder)
    known = {base for text, _ in scans for base in (text, *(channel_of(text) or ())[:1])}
    meant = {key: scan for scan in known for key in (scan_base(scan), scan)}
    named: list[Named] = []
    findings, by_list = [], 0
    for text, path in labels:
        wanted = listed.get(text)
        if wanted is None or wanted not in known:
            named.append((text, path))
            continue
        by_name = {meant[key] for key in label_keys(text) if key in meant}
        if by_name and not {wanted, scan_base(wanted)} & set(label_keys(text)):
            findings.append(_contradicted(path, wanted, min(by_name)))
            continue
        by_list += not by_name
        named.append((wanted, path))
    notes = [Note("dataset.json", f"{by_list} labels are paired as its list says")] if by_list else []
    return named, notes + _not_there(listed, known, {text for text, _ in labels}), findings


def _listed_pairs(labels: Path) -> dict[str, str]:
    """Return which scan each label belongs to, by their stems, as the ``training`` of a ``dataset.json`` says."""
    place = labels.resolve().parent / "dataset.json"
    rows = _content(place).get("training") if place.is_file() else None
    pairs = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    texts = [(row.get("label"), row.get("image")) for row in pairs]
    return {
        stem(label.rpartition("/")[2]): stem(image.rpartition("/")[2])
        for label, image in texts
        if isinstance(label, str) and isinstance(image, str)
    }


def _contradicted(path: Path, wanted: str, by_name: str) -> Finding:
    problem = InvalidDataset(
        f"a label that dataset.json lists with the scan {wanted}, and whose name is that of {by_name}",
        "names and a list that say the same",
        "Rename the label or correct the list; without its 'training', names alone count.",
    )
    return Finding(f"label {path.name}", problem)


def _not_there(listed: Mapping[str, str], scans: set[str], labels: set[str]) -> list[Note]:
    missing = sorted((set(listed.values()) - scans) | (set(listed) - labels))
    text = f"{len(missing)} of the scans and labels that it lists are not there, such as"
    return [Note("dataset.json", f"{text} {missing[0]}")] if missing else []


def _undeclared(scans: Sequence[Scan], labels: Path) -> tuple[Note, ...]:
    """Say where a ``dataset.json`` speaks of other channels than there are files."""
    declared, found = _declared_channels(labels), {len(scan.channels) for scan in scans}
    if declared is None or len(found) != 1 or found == {declared} or found == {1}:
        return ()
    return (Note("dataset.json", f"declares {declared} channels; the scans have {found.pop()} files, which are taken"),)


def _numbers_channels(images: Path, labels: Path) -> bool:
    """Whether a folder is one of nnU-Net, where every name ends with the number of a channel."""
    return images.name.lower() in _NUMBERED and _declared_channels(labels) is not None and _all_numbered(images)


def _all_numbered(images: Path) -> bool:
    return all(re.search(r"_\d{4}$", text) for text, _ in volumes_in(images))


def _joined_notes(scans: Sequence[Scan]) -> tuple[Note, ...]:
    several = [scan for scan in scans if len(scan.channels) > 1]
    if not several:
        return ()
    order = ", ".join(path.name for path in several[0].channels)
    return (Note(several[0].stem, f"files are joined as channels, in this order: {order} ({len(several)} scans)"),)


# the layouts


def _two_folders(folder: Path, channels: int | None) -> Pairing | None:
    """``images`` and ``labels``, or ``imagesTr`` and ``labelsTr``, inside."""
    below = {path.name.lower(): path for path in visible(folder) if path.is_dir()}
    names = _pair_of_folders(below)
    if names is None or not volumes_in(below[names[0]]):
        return None
    images, labels = below[names[0]], below.get(names[1])
    if labels is None or not volumes_in(labels):
        found = _beside(list_volumes(images, "images"), images, channels)
    else:
        found = pair_folders(images, labels, channels)
    used = {images, labels}
    others = [_unused(path) for path in below.values() if path not in used and volumes_in(path)]
    return replace(found, notes=(*found.notes, *others))


def _pair_of_folders(names: Iterable[str]) -> tuple[str, str] | None:
    """Return the names of a folder of scans and of one of labels, of which the latter may not be there."""
    known = list(names)
    if (found := next((pair for pair in PAIRS if set(pair) <= set(known)), None)) is not None:
        return found
    scans, labels = ([name for name in known if folder_of(name) == kind] for kind in ("scans", "labels"))
    if len(scans) == len(labels) == 1:
        return scans[0], labels[0]
    return next((pair for pair in PAIRS if pair[0] in known), None)


def _unused(folder: Path) -> Note:
    """Say what a folder beside those of the training is: nnU-Net's and the Decathlon's hold scans to be predicted."""
    count = len(volumes_in(folder))
    files = f"{count} file{'s' if count > 1 else ''}"
    if folder.name.lower() in _TO_PREDICT:
        return Note(folder.name, f"{files} to be predicted; it takes no part in training: predict --images {folder}")
    if folder.name.lower() in _TO_JUDGE:
        return Note(folder.name, f"{files} to evaluate predictions by; it takes no part in training")
    return Note(folder.name, f"not used ({files})")


def _one_folder(folder: Path, channels: int | None) -> Pairing | None:
    """Scans and labels side by side."""
    found = volumes_in(folder)
    return _beside(Listing(found, tuple(others_in(folder))), folder, channels) if found else None


def _beside(listing: Listing, folder: Path, channels: int | None) -> Pairing:
    scans, labels = told_apart(listing.files)
    if len(scans) == len(labels) == 1 and is_label_word(labels[0][0][0]):
        labels = [(labels[0][0], scans[0][0])]  # the only label of the only scan, as 3D Slicer saves both
    found = pair(scans, [(of, path) for (_, path), of in labels], channels, _numbers_channels(folder, folder))
    notes = (*listing.notes, *_joined_notes(found.scans))
    return replace(
        found, notes=notes, classes=class_file(folder), layout=f"scans and labels side by side in {folder.name}"
    )


def _patients(folder: Path, channels: int | None) -> Pairing | None:
    """A folder for each patient, as of BraTS, KiTS and TotalSegmentator."""
    own = [path for path in visible(folder) if path.is_dir() and path.name not in _NOT_DATA and volumes_in(path)]
    if not own or volumes_in(folder) or any(folder_of(path.name) for path in own):
        return None
    parts = {patient.name: _parts(patient) for patient in own}
    kinds = Counter(tuple(sorted(images)) for images, _ in parts.values())
    wanted = kinds.most_common(1)[0][0]
    names = case_names(parts)
    scans, findings = [], []
    for patient, (images, labels) in sorted(parts.items()):
        if tuple(sorted(images)) != wanted or len(wanted) > MOST_CHANNELS:
            findings.append(_unlike(patient, images, wanted))
        elif len(labels) > 1:
            findings.append(_several_labels(patient, labels))
        else:
            files = tuple(images[kind] for kind in wanted)
            label = next(iter(labels), None)
            scans.append(Scan(names[patient], patient, files, label, {} if label else _masks(folder / patient)))
    return Pairing(
        tuple(scans),
        tuple(findings),
        _joined_notes(scans),
        class_file(folder),
        f"a folder for each patient in {folder.name}",
    )


def _parts(patient: Path) -> tuple[dict[str, Path], list[Path]]:
    """Return the scans of a patient by what distinguishes their names, and the labels."""
    images, labels = {}, []
    for text, path in volumes_in(patient):
        kind = text.removeprefix(patient.name).lstrip("-_. ") or text
        if is_label_word(kind) or is_segmentation_file(path) or label_base(kind) is not None:
            labels.append(path)
        else:
            images[kind] = path
    return images, labels


def _masks(patient: Path) -> dict[str, Path]:
    """Return the masks of a patient, a file for each class by its name, as TotalSegmentator writes them."""
    for name in ("segmentations", "masks", "labels"):
        if (patient / name).is_dir():
            return dict(volumes_in(patient / name))
    return {}


def _unlike(patient: str, images: Iterable[str], wanted: Iterable[str]) -> Finding:
    problem = InvalidDataset(
        f"the scans {', '.join(sorted(images)) or '(none)'}",
        f"{', '.join(wanted)}, as most patients have, and no more than {MOST_CHANNELS}",
        "Add what is missing, or take the patient's folder out.",
    )
    return Finding(patient, problem)


def _several_labels(patient: str, labels: Sequence[Path]) -> Finding:
    received = f"{len(labels)} labels: {', '.join(path.name for path in labels)}"
    return Finding(patient, InvalidDataset(received, "one label for each patient", "Remove all but one."))


def _subjects(folder: Path) -> bool:
    return any(path.is_dir() and _SUBJECT.fullmatch(path.name) for path in folder.iterdir())


def _bids(folder: Path, channels: int | None, derivatives: Path | None = None) -> Pairing | None:
    """Subjects of the Brain Imaging Data Structure, with labels in ``derivatives`` or in another folder."""
    if not _subjects(folder):
        return None
    scans = _below(folder, lambda path: _SUBJECT.fullmatch(path.name) is not None)
    place = derivatives or folder / "derivatives"
    labels = _below(place, lambda path: True) if place.is_dir() else []
    plain = [(text, path) for text, path in scans if not _BIDS_LABEL.search(text)]
    if not plain:
        return None
    if derivatives is None:
        labels += [(text, path) for text, path in scans if _BIDS_LABEL.search(text)]
    named, notes = [], []
    for text, path in labels:
        if (of := _subject_scan(text, [text for text, _ in plain])) is not None:
            named.append((of, path))
        else:
            notes.append(Note(path.name, "left aside: the scan that it belongs to is not clear from its name"))
    sure, unclear = _of_one_derivative(named, place)
    found = pair(plain, sure, channels)
    return replace(
        found,
        findings=(*found.findings, *unclear),
        notes=(*notes, *_joined_notes(found.scans)),
        classes=class_file(place if derivatives else folder),
        layout=f"BIDS in {folder.name}" + (f", labels in {place.name}" if derivatives else ""),
    )


def _of_one_derivative(labels: Sequence[Named], derivatives: Path) -> tuple[list[Named], list[Finding]]:
    """Return the labels of scans that have one derivative, and a finding for each scan that has several."""
    places: dict[str, set[str]] = defaultdict(set)
    for of, path in labels:
        if derivatives in path.parents:
            places[of].add(path.relative_to(derivatives).parts[0])
    several = {
        of: sorted(found) for of, found in places.items() if len(found) > 1 and not _SUBJECT.fullmatch(min(found))
    }
    findings = [
        Finding(
            of,
            InvalidDataset(
                f"labels in {len(found)} derivatives: {', '.join(found)}",
                "labels of one derivative",
                f"Say whose labels count, for example --labels {derivatives / found[0]}.",
            ),
        )
        for of, found in several.items()
    ]
    return [(of, path) for of, path in labels if of not in several], findings


def _below(folder: Path, wanted: Callable[[Path], bool]) -> list[Named]:
    """List the volumes anywhere below those folders inside that are wanted."""
    tops = [path for path in visible(folder) if path.is_dir() and wanted(path)]
    files = sorted(path for top in tops for path in top.rglob("*") if path.is_file() and is_volume(path))
    return [(stem(path.name), path) for path in files if not path.name.startswith(".")]


def _subject_scan(label: str, scans: Sequence[str]) -> str | None:
    """Return the scan that a derivative belongs to: it begins with the scan's name, or with all but its last word."""
    if not _BIDS_LABEL.search(label):
        return None
    whole = [text for text in scans if label.startswith(f"{text}_")]
    if whole:
        return max(whole, key=len)
    same = [text for text in scans if label.startswith(f"{text.rpartition('_')[0]}_")]
    return same[0] if len(same) == 1 else None
