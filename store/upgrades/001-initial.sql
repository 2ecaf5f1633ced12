-- v0 -> v1: First schema
-- Times are unix milliseconds, 0 means "not set". Ids of Matrix are TEXT, '' means "none".

-- What a homeserver delivered, appended in one row before it gets its answer. Moved to the inbox when that is read: an
-- index over event ids, which are hashes, costs a page per event, a hundred in the time of one.
CREATE TABLE arrival (
  n      INTEGER PRIMARY KEY,
  count  INTEGER NOT NULL,
  events BLOB    NOT NULL                     -- JSON
) STRICT;

CREATE TABLE inbox (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again, so that a reader may remember the last one it saw
  event_id    TEXT    NOT NULL UNIQUE,
  room_id     TEXT    NOT NULL,
  sender      TEXT    NOT NULL,
  type        TEXT    NOT NULL,
  raw         BLOB    NOT NULL,               -- the event as it came; emptied when finished
  state       TEXT    NOT NULL CHECK (state IN ('pending','started','done','interrupted','invalid','ignored')),
  origin_ts   INTEGER NOT NULL,
  received_ts INTEGER NOT NULL,
  command     TEXT    NOT NULL DEFAULT '',    -- masked, known when finished
  audit_ref   INTEGER NOT NULL DEFAULT 0,
  finished_ts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX inbox_open ON inbox(state, seq) WHERE state IN ('pending','started');

CREATE TABLE outbox (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id      TEXT    NOT NULL,             -- the command it belongs to, '' for what the bot says by itself
  step          TEXT    NOT NULL,
  room_id       TEXT    NOT NULL,
  kind          TEXT    NOT NULL CHECK (kind IN ('send','redact')),
  type          TEXT    NOT NULL,
  content       TEXT    NOT NULL,             -- JSON; emptied when sent or given up
  txn_id        TEXT    NOT NULL UNIQUE,
  ref_step      TEXT    NOT NULL DEFAULT '',  -- step of the same event_id whose sent event is edited, redacted or reacted to
  ref_event     TEXT    NOT NULL DEFAULT '',
  final         INTEGER NOT NULL DEFAULT 0,   -- carries the final answer to event_id
  not_before    INTEGER NOT NULL DEFAULT 0,
  attempts      INTEGER NOT NULL DEFAULT 0,
  state         TEXT    NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting','sent','failed')),
  sent_event_id TEXT    NOT NULL DEFAULT '',
  error         TEXT    NOT NULL DEFAULT '',
  created_ts    INTEGER NOT NULL,
  finished_ts   INTEGER NOT NULL DEFAULT 0,
  UNIQUE (event_id, step)
) STRICT;
CREATE INDEX outbox_waiting ON outbox(id) WHERE state = 'waiting';
CREATE INDEX outbox_sent_event ON outbox(sent_event_id) WHERE sent_event_id <> '';

CREATE TABLE prompt (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  code        TEXT    NOT NULL,
  event_id    TEXT    NOT NULL,               -- the command
  room_id     TEXT    NOT NULL,
  requester   TEXT    NOT NULL,
  line        TEXT    NOT NULL,               -- the command with everything resolved; emptied when its command is finished, like body and frozen
  body        TEXT    NOT NULL,
  frozen      TEXT    NOT NULL,               -- what was previewed, compared when confirming
  count       INTEGER NOT NULL,
  risk        TEXT    NOT NULL,
  created_ts  INTEGER NOT NULL,
  expires_ts  INTEGER NOT NULL,
  state       TEXT    NOT NULL CHECK (state IN ('open','confirmed','cancelled','expired','void')),
  answered_by TEXT    NOT NULL DEFAULT '',
  answered_ts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX prompt_open_code ON prompt(code) WHERE state = 'open';
CREATE INDEX prompt_code ON prompt(code);
CREATE INDEX prompt_event ON prompt(event_id);
CREATE INDEX prompt_expiry ON prompt(expires_ts) WHERE state = 'open';

CREATE TABLE audit (
  id        INTEGER PRIMARY KEY AUTOINCREMENT, -- consecutive: a missing number is a removed record
  kind      TEXT    NOT NULL CHECK (kind IN ('intent','outcome','note','checkpoint')),
  ref       INTEGER NOT NULL,                  -- id of the intent; of the others their own
  ts        INTEGER NOT NULL,
  actor     TEXT    NOT NULL,
  door      TEXT    NOT NULL,
  room_id   TEXT    NOT NULL,
  event_id  TEXT    NOT NULL,
  command   TEXT    NOT NULL,
  target    TEXT    NOT NULL,
  reason    TEXT    NOT NULL,
  risk      TEXT    NOT NULL,
  outcome   TEXT    NOT NULL,
  detail    TEXT    NOT NULL,
  prev_hash TEXT    NOT NULL,
  hash      TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX audit_outcome ON audit(ref) WHERE kind = 'outcome';
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'audit records are never changed'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'audit records are never deleted'); END;

CREATE TABLE setting (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE room (
  room_id      TEXT    PRIMARY KEY,
  origin       TEXT    NOT NULL CHECK (origin IN ('configured','made','invited')),
  inviter      TEXT    NOT NULL DEFAULT '',
  state        TEXT    NOT NULL CHECK (state IN ('creating','joined','left')),
  problem      TEXT    NOT NULL DEFAULT '' CHECK (problem IN ('','encrypted','public','world_readable')),
  problem_said INTEGER NOT NULL DEFAULT 0,
  caught_up    TEXT    NOT NULL DEFAULT ''    -- where the next catch-up ends: a token or an event id
) STRICT, WITHOUT ROWID;

CREATE TABLE cursor (
  room_id    TEXT    NOT NULL,
  user_id    TEXT    NOT NULL,
  line       TEXT    NOT NULL,                -- command line of the next page
  list_event TEXT    NOT NULL,                -- the answer that holds the page before
  expires_ts INTEGER NOT NULL,
  PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE once (
  key      TEXT    PRIMARY KEY,
  until_ts INTEGER NOT NULL                   -- said; not again before this time
) STRICT, WITHOUT ROWID;

CREATE TABLE secret_message (
  room_id   TEXT    NOT NULL,
  event_id  TEXT    NOT NULL,
  user_id   TEXT    NOT NULL,
  redact_at INTEGER NOT NULL,
  PRIMARY KEY (room_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX secret_message_due ON secret_message(redact_at);

CREATE TABLE dm (
  user_id TEXT PRIMARY KEY,
  room_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE operation (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  kind        TEXT    NOT NULL,               -- registered name of the command
  spec        TEXT    NOT NULL,               -- JSON, not changed after the start
  state       TEXT    NOT NULL CHECK (state IN ('preparing','running','paused','cancelled','done')),
  total       INTEGER NOT NULL DEFAULT 0,
  done        INTEGER NOT NULL DEFAULT 0,
  failed      INTEGER NOT NULL DEFAULT 0,
  rate        REAL    NOT NULL DEFAULT 0,     -- per second, 0 = no limit
  next_slot   INTEGER NOT NULL DEFAULT 0,
  command     TEXT    NOT NULL,               -- the line, masked
  body        TEXT    NOT NULL,
  requester   TEXT    NOT NULL,
  door        TEXT    NOT NULL,
  room_id     TEXT    NOT NULL,
  event_id    TEXT    NOT NULL,
  audit_ref   INTEGER NOT NULL DEFAULT 0,
  created_ts  INTEGER NOT NULL,
  finished_ts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX operation_open ON operation(id) WHERE state IN ('preparing','running','paused');

CREATE TABLE operation_item (
  id           INTEGER PRIMARY KEY,
  operation_id INTEGER NOT NULL REFERENCES operation(id) ON DELETE CASCADE,
  target       TEXT    NOT NULL,
  state        INTEGER NOT NULL DEFAULT 0,    -- 0 open, 1 claimed, 2 done, 3 failed
  item_state   TEXT    NOT NULL DEFAULT '',   -- where the command wants to go on
  attempts     INTEGER NOT NULL DEFAULT 0,
  next_at      INTEGER NOT NULL DEFAULT 0,
  claimed_at   INTEGER NOT NULL DEFAULT 0,    -- first claim
  error        TEXT    NOT NULL DEFAULT '',
  result       TEXT    NOT NULL DEFAULT '',   -- JSON
  UNIQUE (operation_id, target)               -- lists shift while being paged
) STRICT;
CREATE INDEX operation_item_open ON operation_item(operation_id, id) WHERE state < 2;
