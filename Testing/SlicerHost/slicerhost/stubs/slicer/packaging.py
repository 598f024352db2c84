"""Stand-in for slicer.packaging (Slicer 5.11 and later): nothing is ever installed by a test."""

import importlib.metadata
from pathlib import Path

import slicer
from packaging.requirements import Requirement


def _flat(requirements):
    several = [requirements] if isinstance(requirements, (str, Requirement)) else requirements
    return [Requirement(str(each)) for each in several]


def _present(requirement):
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return requirement.specifier.contains(version, prereleases=True)


def pip_check(requirements, **_):
    return all(map(_present, _flat(requirements)))


def pip_install(requirements, **_):
    raise RuntimeError(f"the test host does not install packages: {[str(each) for each in _flat(requirements)]}")


def pip_ensure(requirements, constraints=None, requester=None, prompt_install=True, skip_in_testing=True, **_):
    missing = [each for each in _flat(requirements) if not _present(each)]
    if not missing or (skip_in_testing and slicer.app.testingEnabled()):
        return
    if prompt_install and not slicer.util.confirmOkCancelDisplay(f"{requester} needs {missing}"):
        raise RuntimeError("User declined package installation")
    pip_install(missing)


def load_requirements(path):
    lines = (line.split("#")[0].strip() for line in Path(path).read_text().splitlines())
    return _flat([line for line in lines if line])
