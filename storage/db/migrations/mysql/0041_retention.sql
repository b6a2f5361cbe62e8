-- +goose Up
ALTER TABLE calls ADD COLUMN held BOOLEAN NOT NULL DEFAULT 0;
CREATE TABLE retention (
  account_id BIGINT NOT NULL PRIMARY KEY,
  recording_days BIGINT NOT NULL,
  record_days BIGINT NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  updated_by BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX recordings_age ON recordings (account_id, started_at);
-- Whoever may take recordings out of the house may take records out too.
UPDATE roles SET rights = REPLACE(rights, '"calls.download"', '"calls.download","calls.export"')
  WHERE rights LIKE '%"calls.download"%' AND rights NOT LIKE '%"calls.export"%';
UPDATE roles SET rights = REPLACE(rights, '"account.manage"', '"account.manage","calls.hold"')
  WHERE rights LIKE '%"account.manage"%' AND rights NOT LIKE '%"calls.hold"%';
