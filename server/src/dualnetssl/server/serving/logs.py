"""Where the log goes: what strangers cause is kept apart and short, so that they cannot push anything else out."""

from __future__ import annotations

import json
import logging
import logging.handlers
import time
from pathlib import Path
from typing import Literal

Format = Literal["text", "json"]

_LOG_BYTES = 10 << 20
_STRANGERS_BYTES = 1 << 20


def log_to(path: Path, form: Format = "text") -> None:
    """Write the log to a file that is turned over when it gets long, and what strangers cause to one beside it."""
    formatter = JsonLines() if form == "json" else logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    own = _file(path, _LOG_BYTES, 3, formatter)
    own.addFilter(lambda record: not of_a_stranger(record))
    strangers = _file(path.with_name("strangers.log"), _STRANGERS_BYTES, 1, formatter)
    strangers.addFilter(of_a_stranger)
    logging.basicConfig(level=logging.INFO, handlers=[own, strangers], force=True)


def of_a_stranger(record: logging.LogRecord) -> bool:
    """Tell whether a log record can be caused without a valid token: broken HTTP, too many connections, no token."""
    if record.name == "uvicorn.error":
        return record.levelno == logging.WARNING
    return record.name == "asyncio" or bool(getattr(record, "stranger", False))


class JsonLines(logging.Formatter):
    """One JSON object a line, for what collects logs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as JSON; ``time`` is UTC."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        entry = {
            "time": f"{stamp}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def _file(path: Path, size: int, backups: int, formatter: logging.Formatter) -> logging.Handler:
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=size, backupCount=backups, encoding="utf-8")
    handler.setFormatter(formatter)
    return handler
