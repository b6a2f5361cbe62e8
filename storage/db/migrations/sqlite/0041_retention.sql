-- +goose Up
ALTER TABLE calls ADD COLUMN held BOOLEAN NOT NULL DEFAULT 0;
CREATE TABLE retention (
  account_id INTEGER NOT NULL PRIMARY KEY,
  recording_days INTEGER NOT NULL,
  record_days INTEGER NOT NULL,
  updated_at DATETIME NOT NULL,
  updated_by INTEGER NOT NULL
);
CREATE INDEX recordings_age ON recordings (account_id, started_at);
-- Whoever may take recordings out of the house may take records out too.
UPDATE roles SET rights = REPLACE(rights, '"calls.download"', '"calls.download","calls.export"')
  WHERE rights LIKE '%"calls.download"%' AND rights NOT LIKE '%"calls.export"%';
UPDATE roles SET rights = REPLACE(rights, '"account.manage"', '"account.manage","calls.hold"')
  WHERE rights LIKE '%"account.manage"%' AND rights NOT LIKE '%"calls.hold"%';
