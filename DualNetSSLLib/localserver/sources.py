"""The server that comes with the extension: its files, and the packages it needs."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from DualNetSSLLib.client.errors import LaunchFailed

SETUP, RUNTIME = "setup.lock", "runtime.lock"
LOCKS = (SETUP, RUNTIME)
TORCH_PACKAGES = 12
_PIN = re.compile(r"^([A-Za-z0-9._-]+==[^\\\n]+?) *\\?$", re.MULTILINE)


@dataclass(frozen=True)
class Sources:
    """The server beside the library.

    Attributes:
        package: folder ``dualnetssl`` of Python files.
        requirements: folder with the locks.
    """

    package: Path
    requirements: Path

    @property
    def torch(self) -> str:
        """The requirement for PyTorch, such as ``torch==2.9.0``."""
        text = (self.requirements / "torch.txt").read_text(encoding="utf-8")
        return next(line.strip() for line in text.splitlines() if line.startswith("torch=="))

    @property
    def count(self) -> int:
        """Packages that are installed in all, roughly."""
        return sum(len(self.pins(name)) for name in LOCKS) + TORCH_PACKAGES

    def lock(self, name: str) -> str:
        """Return the path of a lock."""
        return str(self.requirements / name)

    def pins(self, name: str) -> list[str]:
        """Return the packages of a lock with their versions and the systems they are for, without the hashes."""
        return _PIN.findall((self.requirements / name).read_text(encoding="utf-8"))

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file of the requirements."""
        return hashlib.sha256((self.requirements / name).read_bytes()).hexdigest()


def find_sources(library: Path | None = None) -> Sources:
    """Find the server beside the library: in a source tree, or in ``local`` of a built or installed extension.

    Raises:
        LaunchFailed: it is not there.
    """
    here = library or Path(__file__).resolve().parents[1]
    for root in (here / "local", here.parent):
        sources = Sources(root / "server" / "src" / "dualnetssl", root / "requirements")
        if sources.package.is_dir() and sources.requirements.is_dir():
            return sources
    raise LaunchFailed("The server does not lie beside the module.", "Install the extension again.")
