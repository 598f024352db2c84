"""Reads the project's own source as text and syntax trees, for the tests that hold the house in shape."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVER_SOURCES = ROOT / "server" / "src"
BENCH_SOURCES = ROOT / "server" / "bench"
SERVER = "dualnetssl"
BENCH = "dualnetssl_bench"
LIBRARY = "DualNetSSLLib"
_PARENTS = {SERVER: SERVER_SOURCES, BENCH: BENCH_SOURCES, LIBRARY: ROOT}


@dataclass(frozen=True)
class Source:
    """One module of the code base."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]

    def imports(self, *, lazy: bool) -> set[str]:
        """Absolute names this module imports; ``lazy`` adds those inside functions and for type checkers only."""
        nodes = ast.walk(self.tree) if lazy else _executed_on_import(self.tree)
        return {name for node in nodes for name in self._names(node)}

    def _names(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = self._base(node)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)

    def _base(self, node: ast.ImportFrom) -> str:
        if node.level == 0:
            return node.module or ""
        package = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
        parts = package[: len(package) - node.level + 1]
        return ".".join([*parts, node.module] if node.module else parts)


def _executed_on_import(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        yield child
        yield from _executed_on_import(child)


def sources(package: str) -> dict[str, Source]:
    """All modules of a package by their full name."""
    parent = _PARENTS[package]
    found = {}
    for path in own_files(str((parent / package).relative_to(ROOT))):
        parts = path.relative_to(parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Source(name, path)
    return found


def reached_on_import(start: str, modules: dict[str, Source]) -> set[str]:
    """Every name that importing ``start`` imports, directly or through other modules of ``modules``."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        parts = name.split(".")
        waiting += [".".join(parts[:count]) for count in range(1, len(parts))]
        if name in modules:
            waiting += modules[name].imports(lazy=False)
    return reached


def own_files(folder: str) -> list[Path]:
    """Python files below a folder that are under version control, or would be if they were added: nothing built."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", f"{folder}/*.py"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return sorted(path for name in set(listing.split("\0")) if name and (path := ROOT / name).is_file())


def tracked_files() -> list[str]:
    """Every file under version control, by its path from the root."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [name for name in listing.stdout.split("\0") if name]


def tracked_text_files() -> dict[str, str]:
    """Text of every file under version control, by its path from the root."""
    texts = {}
    for name in tracked_files():
        path = ROOT / name
        if path.is_file() and b"\0" not in (data := path.read_bytes()):
            texts[name] = data.decode("utf-8")
    return texts
