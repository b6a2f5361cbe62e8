-- +goose Up
CREATE TABLE flow_drafts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  flow_id INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  base INTEGER NOT NULL DEFAULT 0,
  file VARCHAR(200) NOT NULL,
  source MEDIUMTEXT NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  saved_by INTEGER NOT NULL DEFAULT 0,
  saved_at DATETIME NOT NULL,
  FOREIGN KEY (flow_id) REFERENCES flows (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX flow_drafts_flow ON flow_drafts (flow_id);

ALTER TABLE flows ADD COLUMN removed_at DATETIME NULL;

CREATE TABLE queue_group_names (
  account_id INTEGER NOT NULL,
  name VARCHAR(100) NOT NULL,
  group_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, name)
);
