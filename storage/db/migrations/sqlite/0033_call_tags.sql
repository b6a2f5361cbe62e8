-- +goose Up
CREATE TABLE call_labels (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  kind VARCHAR(10) NOT NULL,
  parent_id INTEGER NOT NULL,
  name VARCHAR(60) NOT NULL,
  place INTEGER NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX call_labels_name ON call_labels (account_id, kind, parent_id, name);

CREATE TABLE call_tags (
  call_id VARCHAR(36) NOT NULL,
  label_id INTEGER NOT NULL,
  account_id INTEGER NOT NULL,
  kind VARCHAR(10) NOT NULL,
  call_at DATETIME NOT NULL,
  by_id INTEGER NOT NULL,
  by_name VARCHAR(120) NOT NULL,
  at DATETIME NOT NULL,
  PRIMARY KEY (call_id, label_id)
);
CREATE INDEX call_tags_label ON call_tags (account_id, label_id, call_at, call_id);

-- Who may give any right gets the new ones, to give them on.
UPDATE roles SET rights = REPLACE(rights, '"roles.manage"', '"roles.manage","calls.tags","calls.quality","calls.assign"')
  WHERE rights LIKE '%"roles.manage"%' AND rights NOT LIKE '%"calls.tags"%';
