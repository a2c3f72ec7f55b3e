"""The tables, as the numbered steps that made them. A step that was released is never changed; new ones are added.

A new step may not walk through a table that grows with the runs, as a new index on it would: while it does, every
process waits.

A run's row is rewritten by each commit that moves it, so what is long and never changes (its input) lies elsewhere.
The journal is an ordinary rowid table: with bodies in it, a clustered one is 4.7 times larger, and its inserts touch a
page per run instead of the last one.
"""

TABLES = """
CREATE TABLE runs (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    workflow TEXT NOT NULL,
    graph_hash TEXT NOT NULL,
    target TEXT NOT NULL,
    status TEXT NOT NULL,
    shelved TEXT,                      -- its status before it was parked for want of a worker that knows its graph
    owner TEXT,                        -- a worker's id
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    wake_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    parent TEXT,
    error TEXT,
    output TEXT
);
-- An update that leaves the columns of an index alone leaves the index alone; those of most commits do (see batch).
CREATE INDEX runs_status ON runs (status);
CREATE INDEX runs_open ON runs (graph_hash) WHERE status IN ('running', 'waiting');
CREATE INDEX runs_begun ON runs (no) WHERE owner IS NULL AND status = 'running';
CREATE INDEX runs_owner ON runs (owner) WHERE owner IS NOT NULL;
CREATE INDEX runs_wake ON runs (wake_at) WHERE owner IS NULL AND wake_at IS NOT NULL;
CREATE INDEX runs_shelved ON runs (graph_hash) WHERE shelved IS NOT NULL;

CREATE TABLE inputs (run INTEGER PRIMARY KEY, body TEXT NOT NULL);

CREATE TABLE journal (
    run INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT,                         -- NULL: it lies in blobs
    blob BLOB
);
CREATE UNIQUE INDEX journal_place ON journal (run, seq);

CREATE TABLE blobs (hash BLOB PRIMARY KEY, body TEXT NOT NULL, touched_at INTEGER NOT NULL);
CREATE TABLE snapshots (run INTEGER PRIMARY KEY, seq INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE graphs (hash TEXT PRIMARY KEY, name TEXT NOT NULL, body TEXT NOT NULL);

CREATE TABLE inbox (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    run_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    verdict TEXT                       -- NULL: undecided; '': accepted; otherwise why it was refused
);
CREATE INDEX inbox_undecided ON inbox (run_id) WHERE verdict IS NULL;

CREATE TABLE human_tasks (
    no INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    path TEXT NOT NULL,
    approval INTEGER NOT NULL,
    title TEXT NOT NULL,
    context TEXT NOT NULL,
    schema TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    until INTEGER,
    answer TEXT,
    by TEXT NOT NULL,
    is_open INTEGER NOT NULL,
    UNIQUE (run, path)
);
CREATE INDEX human_tasks_open ON human_tasks (asked_at) WHERE is_open;

CREATE TABLE parked (
    no INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    path TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    tool TEXT NOT NULL,
    args TEXT NOT NULL,
    key TEXT NOT NULL,
    parked_at INTEGER NOT NULL,
    UNIQUE (run, path)
);

CREATE TABLE workers (
    id TEXT PRIMARY KEY,
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    lock TEXT NOT NULL,                -- the name of its lock file
    started_at INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    is_dead INTEGER NOT NULL DEFAULT 0 -- its lock was found free; the row stays while it owns runs
);
CREATE TABLE worker_graphs (worker TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (worker, hash)) WITHOUT ROWID;
"""

SAGAS = """
ALTER TABLE runs ADD COLUMN shelved_error TEXT;    -- its error before it was shelved
ALTER TABLE runs ADD COLUMN undoing_since INTEGER;
ALTER TABLE runs ADD COLUMN unproven INTEGER NOT NULL DEFAULT 0; -- held by one who may live, since its last event
ALTER TABLE parked ADD COLUMN version INTEGER NOT NULL DEFAULT 0; -- the number of the event that parked it
DROP INDEX runs_open;
CREATE INDEX runs_open ON runs (graph_hash) WHERE status IN ('running', 'waiting', 'compensating');
CREATE INDEX runs_undoing ON runs (no) WHERE owner IS NULL AND wake_at IS NULL AND status = 'compensating';
CREATE INDEX runs_undoing_since ON runs (undoing_since) WHERE undoing_since IS NOT NULL;
"""

GUARDS = """
CREATE TABLE breakers (
    name TEXT PRIMARY KEY,
    state TEXT NOT NULL,               -- closed, open, half-open: of whichever worker told of it last
    until INTEGER NOT NULL,
    why TEXT NOT NULL,
    version INTEGER NOT NULL,          -- raised by each change: an opening is adopted once
    at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE breaker_overrides (
    no INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    switch TEXT NOT NULL,
    until INTEGER,
    by TEXT NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX breaker_overrides_name ON breaker_overrides (name);

CREATE TABLE budgets (
    name TEXT PRIMARY KEY,
    money_max INTEGER,                 -- limits as the code last said them, for people; code decides
    tokens_max INTEGER,
    money_spent INTEGER NOT NULL,
    tokens_spent INTEGER NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE reservations (
    id TEXT PRIMARY KEY,
    budget TEXT NOT NULL,
    money INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX reservations_budget ON reservations (budget);
"""

CHECKSUMS = """
ALTER TABLE journal ADD COLUMN crc INTEGER;        -- of the other columns; NULL: written before there was one
ALTER TABLE snapshots ADD COLUMN crc INTEGER;
"""

UPKEEP = """
CREATE TABLE pruned (
    id TEXT PRIMARY KEY,
    workflow TEXT NOT NULL,
    status TEXT NOT NULL,
    at INTEGER NOT NULL,
    refused_until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX pruned_until ON pruned (refused_until);
CREATE TABLE leftovers (run INTEGER PRIMARY KEY); -- numbers of pruned runs whose journal is not all gone

CREATE TABLE blob_uses (run INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (run, hash)) WITHOUT ROWID;
CREATE INDEX blob_uses_hash ON blob_uses (hash);
-- Whose the blobs are that lie here already, only a walk through all journals could tell: they stay.
INSERT INTO blob_uses SELECT 0, hash FROM blobs;

ALTER TABLE runs ADD COLUMN restored_at INTEGER; -- when the backup was made that this run was restored from
"""

TENANTS = """
ALTER TABLE runs ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
-- By lane, so that whose turn it is can be found by skipping from one to the next.
DROP INDEX runs_begun;
CREATE INDEX runs_begun ON runs (tenant, workflow, no) WHERE owner IS NULL AND status = 'running';
CREATE INDEX runs_due ON runs (tenant, workflow, wake_at, no) WHERE owner IS NULL AND wake_at IS NOT NULL;
CREATE INDEX runs_tenant ON runs (tenant, no) WHERE tenant <> '';
"""

STEPS = (TABLES, SAGAS, GUARDS, CHECKSUMS, UPKEEP, TENANTS)
"""Step n leads from version n to n + 1."""

VERSION = len(STEPS)
