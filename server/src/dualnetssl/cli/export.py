"""``export``: a model as one file that other programs run, checked against PyTorch."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dualnetssl.bundle.portable import Format


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("model", metavar="DIR", type=Path, help="folder of a model, which is itself a MONAI bundle")
    parser.add_argument("--format", choices=("onnx", "torchscript"), required=True, help="of the file")
    parser.add_argument("--output", metavar="FILE", type=Path, help="default: DIR/models/model.onnx or model.ts")


def run(arguments: argparse.Namespace) -> int:
    """Write the file, compare it with the model, and say how far they differ."""
    from dualnetssl.bundle import portable

    form: Format = arguments.format
    output = arguments.output or arguments.model / "models" / f"model.{portable.ENDINGS[form]}"
    found = portable.save(arguments.model, output, form)
    print(f"The model is in {output}: {found}.")
    print(f"{portable.description_of(output).name} beside it says how scans are prepared and what comes out.")
    return 0
