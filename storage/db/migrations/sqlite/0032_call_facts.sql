-- +goose Up
ALTER TABLE calls ADD COLUMN repeat_within INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN total_seconds DOUBLE NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN marked BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE calls ADD COLUMN closed_at DATETIME NULL;
ALTER TABLE calls ADD COLUMN status_id INTEGER NOT NULL DEFAULT 0;
UPDATE calls SET total_seconds = ROUND((JULIANDAY(ended_at) - JULIANDAY(started_at)) * 86400, 3) WHERE JULIANDAY(ended_at) IS NOT NULL AND JULIANDAY(started_at) IS NOT NULL;

CREATE TABLE call_stretches (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  call_id VARCHAR(36) NOT NULL,
  seq INTEGER NOT NULL,
  kind VARCHAR(12) NOT NULL,
  agent_id INTEGER NOT NULL,
  group_id INTEGER NOT NULL,
  how VARCHAR(12) NOT NULL,
  began_at DATETIME NOT NULL,
  ended_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX call_stretches_call ON call_stretches (call_id, seq);
CREATE INDEX call_stretches_time ON call_stretches (account_id, began_at);
