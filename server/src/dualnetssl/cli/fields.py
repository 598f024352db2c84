"""The page that documents ``--set``, made from the configuration itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dualnetssl.contract.config import PRESETS, TrainConfig
from dualnetssl.contract.jobspec import PredictConfig

_HEAD = """# The configuration

Every field of a training, as `train --set KEY=VALUE`, `dualnetssl.train(…, config={…})` and the server's `config` take
it. VALUE is JSON where it can be (`--set spacing=[2,1,1]`, `--set patch=null`), else text. `--steps`, `--width`,
`--seed`, `--patch` and `--preset` set fields, too. [method.md](method.md) explains the symbols. This page is made from
the configuration itself: `.venv/bin/python scripts/configuration_page.py`.

"""
_MIDDLE = """
## Prediction

What the server's `config` of a prediction takes, and `dualnetssl.predict(…, config={…})`; `predict --overlap` and
`--memory-gb` set the same.

"""


def page() -> str:
    """Return the page in Markdown."""
    fields = TrainConfig.model_json_schema()
    usual = TrainConfig().model_dump(mode="json")
    head = "| field | allowed | default | paper | supervised | |\n|---|---|---|---|---|---|\n"
    rows = [_row(name, told, usual, fields) for name, told in fields["properties"].items()]
    predict = PredictConfig.model_json_schema()
    plain = [
        f"| `{name}` | {allowed(told, predict)} | {_value(told.get('default'))} | {told.get('description', '')} |"
        for name, told in predict["properties"].items()
    ]
    return (
        _HEAD + head + "\n".join(rows) + "\n" + _MIDDLE + "| field | allowed | default | |\n|---|---|---|---|\n"
    ) + "\n".join([*plain, ""])


def _row(name: str, told: Mapping[str, Any], usual: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    of = {preset: _value(fields[name]) if name in fields else "" for preset, fields in PRESETS.items()}
    cells = [f"`{name}`", allowed(told, whole), _value(usual[name]), of["paper"], of["supervised"]]
    return f"| {' | '.join([*cells, told.get('description', '')])} |"


def _value(value: Any) -> str:
    return f"`{json.dumps(value)}`"


def allowed(told: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    """Say which values a field takes.

    Args:
        told: its JSON schema.
        whole: that of the configuration, which has what others refer to.

    Example:
        >>> allowed({"type": "integer", "minimum": 1, "maximum": 9}, {})
        'whole number, 1 to 9'
        >>> allowed({"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "null"}]}, {})
        'number, above 0; or null'
    """
    if "$ref" in told:
        return allowed(whole["$defs"][told["$ref"].rsplit("/", 1)[1]], whole)
    if "anyOf" in told:
        kinds = [allowed(one, whole) for one in told["anyOf"] if one.get("type") != "null"]
        return "; ".join([*kinds, "or null"]) if len(kinds) < len(told["anyOf"]) else " or ".join(kinds)
    if "enum" in told:
        return ", ".join(f"`{value}`" for value in told["enum"])
    if told.get("type") == "array":
        return _list(told, whole)
    return ", ".join([_KINDS[told["type"]], *([limits] if (limits := _limits(told)) else [])])


_KINDS = {"integer": "whole number", "number": "number", "boolean": "`true`, `false`", "string": "text"}


def _list(told: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    each = (told.get("prefixItems") or [told["items"]])[0]
    most = len(told["prefixItems"]) if "prefixItems" in told else told.get("maxItems")
    number = most if told.get("minItems") == most else f"at most {most}"
    return f"list of {number}: {allowed(each, whole)}"


def _limits(told: Mapping[str, Any]) -> str:
    low, above = told.get("minimum"), told.get("exclusiveMinimum")
    high, below = told.get("maximum"), told.get("exclusiveMaximum")
    words = [f"{low:g}" if low is not None else f"above {above:g}" if above is not None else ""]
    words += [f"to {high:g}" if high is not None else f"below {below:g}" if below is not None else ""]
    return " ".join(word for word in words if word) if told["type"] != "boolean" else ""
