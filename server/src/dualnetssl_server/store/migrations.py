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

_ACCOUNTS = (
    "CREATE TABLE accounts (name TEXT PRIMARY KEY, role TEXT NOT NULL, owner INTEGER NOT NULL, created REAL NOT NULL)",
    # never deleted: a token that was revoked or has expired is told so
    "CREATE TABLE tokens ("
    " id TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts, hash TEXT NOT NULL UNIQUE,"
    " created REAL NOT NULL, expires REAL, revoked REAL)",
    # how far the audit had come: what is cut off its end is missed
    "CREATE TABLE audit_anchor (one INTEGER PRIMARY KEY CHECK (one = 1), lines INTEGER NOT NULL, hash TEXT NOT NULL)",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _REVIEW, _ACCOUNTS)
"""Statements per version; a file of version n has seen the first n."""
