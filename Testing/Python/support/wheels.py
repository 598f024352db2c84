"""Packages to install without a network: those of the tests' environment as wheels, and a made-up torch."""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from importlib import metadata
from pathlib import Path

SERVER = ("fastapi", "uvicorn", "pydantic", "prometheus-client", "filelock")
"""What a server needs to answer; what computes is not among it."""


def with_all_they_need(names):
    """These packages and what they need, without extras."""
    found, waiting = {}, list(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another Python or system
        needed = (text for text in found[name].requires or () if "extra ==" not in text)
        waiting += [re.match(r"[A-Za-z0-9._-]+", text)[0] for text in needed]
    return list(found.values())


def as_wheel(distribution, folder):
    """Put an installed package back into a wheel, and return its line of a lock."""
    name, version = distribution.metadata["Name"], distribution.version
    tag = re.search(r"^Tag: (\S+)", distribution.read_text("WHEEL"), re.MULTILINE)[1]
    files = {
        str(file): file.locate() for file in distribution.files if ".." not in file.parts and file.suffix != ".pyc"
    }
    contents = {name: path.read_bytes() for name, path in files.items() if not name.endswith("RECORD")}
    return written(folder, name, version, contents, tag)


def made_up(folder, name, version):
    """Write a wheel with nothing in it but a version, and return its line of a lock."""
    info = f"{name}-{version}.dist-info"
    contents = {
        f"{name}/__init__.py": f"__version__ = {version!r}\n".encode(),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    return written(folder, name, version, contents, "py3-none-any")


def written(folder, name, version, contents, tag):
    info = next(path.split("/")[0] for path in contents if path.split("/")[0].endswith(".dist-info"))
    rows = [f"{path},sha256={digest(data)},{len(data)}" for path, data in contents.items()]
    contents[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""]).encode()
    path = Path(folder) / f"{re.sub(r'[-.]+', '_', name)}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for file, data in contents.items():
            wheel.writestr(file, data)
    return f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def index(folder, requirements):
    """Fill a folder with wheels and another one with locks that name them, as the extension's do."""
    for place in (folder, requirements):
        place.mkdir(parents=True)
    lines = [as_wheel(distribution, folder) for distribution in with_all_they_need(SERVER)]
    (requirements / "runtime.lock").write_text("# made for a test\n" + "".join(lines))
    (requirements / "setup.lock").write_text(as_wheel(metadata.distribution("pip"), folder))
    (requirements / "torch.txt").write_text("torch==2.0.0\n")
    made_up(folder, "torch", "2.0.0+cpu")
