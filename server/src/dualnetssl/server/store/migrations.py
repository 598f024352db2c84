"""The tables, as the list of steps that made them; steps are only ever added at the end."""

from __future__ import annotations

_FIRST = (
    "CREATE TABLE datasets (id TEXT PRIMARY KEY, name TEXT NOT NULL, labels TEXT NOT NULL, created REAL NOT NULL)",
    # outlives its case: revisions go only with their data set
    "CREATE TABLE revisions ("
    " dataset TEXT NOT NULL REFERENCES datasets ON DELETE CASCADE, name TEXT NOT NULL, revision INTEGER NOT NULL,"
    " image TEXT NOT NULL, label TEXT, verified TEXT, annotator TEXT,"
    " geometry TEXT NOT NULL, verified_fraction REAL NOT NULL, updated REAL NOT NULL,"
    " PRIMARY KEY (dataset, name, revision))",
    "CREATE TABLE cases ("
    " dataset TEXT NOT NULL, name TEXT NOT NULL, revision INTEGER NOT NULL, PRIMARY KEY (dataset, name),"
    " FOREIGN KEY (dataset, name, revision) REFERENCES revisions ON DELETE CASCADE)",
    "CREATE TABLE jobs ("
    " id TEXT PRIMARY KEY, dataset TEXT NOT NULL REFERENCES datasets ON DELETE CASCADE, request TEXT NOT NULL,"
    " idempotency_key TEXT UNIQUE, state TEXT NOT NULL, attempt INTEGER NOT NULL,"
    " created REAL NOT NULL, updated REAL NOT NULL, problem TEXT, result_model TEXT)",
    "CREATE INDEX jobs_by_state ON jobs (state)",
    "CREATE TABLE models ("
    " id TEXT PRIMARY KEY, dataset TEXT NOT NULL REFERENCES datasets ON DELETE CASCADE,"
    " job TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE, created REAL NOT NULL, labels TEXT NOT NULL,"
    " metrics TEXT NOT NULL, bundle TEXT NOT NULL, parent TEXT, UNIQUE (job, bundle))",
    "CREATE TABLE predictions ("
    " dataset TEXT NOT NULL, name TEXT NOT NULL, model TEXT NOT NULL REFERENCES models ON DELETE CASCADE,"
    " created REAL NOT NULL, segmentation TEXT NOT NULL, uncertainty TEXT NOT NULL, disagreement TEXT NOT NULL,"
    " summary TEXT NOT NULL, PRIMARY KEY (dataset, name, model),"
    " FOREIGN KEY (dataset, name) REFERENCES cases ON DELETE CASCADE)",
)

_REVIEW = (
    "ALTER TABLE revisions ADD COLUMN model TEXT",
    # volume in ml that the newest prediction of then, by the model judged_by, expected to be wrong and not verified
    "ALTER TABLE revisions ADD COLUMN benefit_ml REAL",
    "ALTER TABLE revisions ADD COLUMN judged_by TEXT",
    # outlives its case, like revisions: a case that was deleted by mistake loses nobody's work
    "CREATE TABLE drafts ("
    " dataset TEXT NOT NULL REFERENCES datasets ON DELETE CASCADE, name TEXT NOT NULL, annotator TEXT NOT NULL,"
    " generation INTEGER NOT NULL, base_revision INTEGER NOT NULL, model TEXT, label TEXT NOT NULL,"
    " verified TEXT NOT NULL, updated REAL NOT NULL, PRIMARY KEY (dataset, name, annotator))",
    "CREATE TABLE servings ("
    " dataset TEXT NOT NULL REFERENCES datasets ON DELETE CASCADE, name TEXT NOT NULL, annotator TEXT NOT NULL,"
    " model TEXT, time REAL NOT NULL, PRIMARY KEY (dataset, name, annotator))",
)


def _noted(trigger: str, when: str, columns: tuple[str, ...], case: str = "OLD.name") -> str:
    """Return the trigger that notes files which a row no longer names, with the case that they were of."""
    digests = " UNION ".join(f"SELECT OLD.{column} AS digest" for column in columns)
    note = (
        f"SELECT 'blob', digest, OLD.dataset, {case}, strftime('%s', 'now'), 0"  # noqa: S608 - constants
        f" FROM ({digests}) WHERE digest <> ''"
    )
    return f"CREATE TRIGGER {trigger} AFTER {when} BEGIN INSERT OR IGNORE INTO leftovers {note}; END"


_SAFE = (
    # which store this is, and how often it was written: the mark beside the blobs says the same, or something is wrong
    "CREATE TABLE identity (uuid TEXT NOT NULL, commits INTEGER NOT NULL)",
    "INSERT INTO identity VALUES (lower(hex(randomblob(16))), 0)",
    # numbers of revisions and drafts go on after an erasure, without the name of what was erased
    "CREATE TABLE floors ( dataset TEXT PRIMARY KEY REFERENCES datasets ON DELETE CASCADE, number INTEGER NOT NULL)",
    # what nothing names any more and may still be on the disk; urgent: somebody ordered that it be erased
    "CREATE TABLE leftovers ("
    " kind TEXT NOT NULL, name TEXT NOT NULL, dataset TEXT NOT NULL, of_case TEXT NOT NULL, since REAL NOT NULL,"
    " urgent INTEGER NOT NULL, PRIMARY KEY (kind, name, dataset, of_case))",
    _noted("revision_gone", "DELETE ON revisions", ("image", "label", "verified")),
    _noted("draft_gone", "DELETE ON drafts", ("label", "verified")),
    _noted("draft_changed", "UPDATE OF label, verified ON drafts", ("label", "verified")),
    _noted("prediction_gone", "DELETE ON predictions", ("segmentation", "uncertainty", "disagreement")),
    _noted("model_gone", "DELETE ON models", ("bundle",), case="''"),
    "CREATE TRIGGER job_gone AFTER DELETE ON jobs BEGIN INSERT OR IGNORE INTO leftovers"
    " VALUES ('job', OLD.id, OLD.dataset, '', strftime('%s', 'now'), 1); END",
)

_ACCOUNTS = (
    "CREATE TABLE accounts (name TEXT PRIMARY KEY, role TEXT NOT NULL, owner INTEGER NOT NULL, created REAL NOT NULL)",
    # never deleted: a token that was revoked or has expired is told so
    "CREATE TABLE tokens ("
    " id TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts, hash TEXT NOT NULL UNIQUE,"
    " created REAL NOT NULL, expires REAL, revoked REAL)",
    # how far the audit had come: what is cut off its end is missed
    "CREATE TABLE audit_anchor (one INTEGER PRIMARY KEY CHECK (one = 1), lines INTEGER NOT NULL, hash TEXT NOT NULL)",
)

_OPINIONS = (
    # NULL: predicted before there were any
    "ALTER TABLE predictions ADD COLUMN opinions TEXT",
    "DROP TRIGGER prediction_gone",
    _noted("prediction_gone", "DELETE ON predictions", ("segmentation", "uncertainty", "disagreement", "opinions")),
)

_CHANNELS = ("ALTER TABLE revisions ADD COLUMN channels INTEGER NOT NULL DEFAULT 1",)

_SHEETS = (
    # NULL: predicted before there were any
    "ALTER TABLE predictions ADD COLUMN sheet TEXT",
    "DROP TRIGGER prediction_gone",
    _noted(
        "prediction_gone",
        "DELETE ON predictions",
        ("segmentation", "uncertainty", "disagreement", "opinions", "sheet"),
    ),
)


def _figure(name: str) -> str:
    """Return a figure of a prediction; what is no number, and a summary that is no JSON, gives none."""
    return (
        f"CASE WHEN json_valid(p.summary) THEN iif(json_type(p.summary, '$.{name}') IN ('integer', 'real'),"
        f" json_extract(p.summary, '$.{name}'), NULL) END"
    )


def _newest_of(row: str) -> str:
    """Return the statements that find anew which prediction of a case is the newest, for a trigger on such a row."""
    case = f"dataset = {row}.dataset AND name = {row}.name"
    return (
        f"DELETE FROM newest WHERE {case};"  # noqa: S608 - constants
        f" INSERT INTO newest SELECT {_NEWEST_COLUMNS} FROM predictions p JOIN models m ON m.id = p.model"
        f" WHERE p.{case.replace(' AND name', ' AND p.name')} ORDER BY m.created DESC, m.rowid DESC LIMIT 1;"
    )


_FOREGROUND = (
    "EXISTS (SELECT 1 FROM json_each(iif(json_valid(p.summary), p.summary, '{}'), '$.volume_ml') AS volume"
    " WHERE volume.value > 0)"
)
_NEWEST_COLUMNS = ", ".join(
    (
        "p.dataset, p.name, p.model",
        *(_figure(name) for name in ("expected_error_ml", "mean_uncertainty", "predicted_dice")),
        _FOREGROUND,
    )
)
_NEWEST = (
    # what the worklist needs to know of each case's prediction by the newest model: a summary takes long to read
    "CREATE TABLE newest ("
    " dataset TEXT NOT NULL, name TEXT NOT NULL, model TEXT NOT NULL, expected_error_ml REAL, mean_uncertainty REAL,"
    " predicted_dice REAL, foreground INTEGER NOT NULL, PRIMARY KEY (dataset, name)) WITHOUT ROWID",
    # oldest first, so that the newest one stays
    f"INSERT OR REPLACE INTO newest SELECT {_NEWEST_COLUMNS}"  # noqa: S608 - constants
    " FROM predictions p JOIN models m ON m.id = p.model ORDER BY m.created, m.rowid",
    f"CREATE TRIGGER prediction_came AFTER INSERT ON predictions BEGIN {_newest_of('NEW')} END",
    f"CREATE TRIGGER prediction_went AFTER DELETE ON predictions BEGIN {_newest_of('OLD')} END",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _REVIEW, _SAFE, _ACCOUNTS, _OPINIONS, _CHANNELS, _SHEETS, _NEWEST)
"""Statements per version; a file of version n has seen the first n."""
