-- +goose Up
CREATE TABLE flows (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  name VARCHAR(100) NOT NULL,
  active INTEGER NOT NULL DEFAULT 0,
  latest INTEGER NOT NULL DEFAULT 0,
  created_by INTEGER NOT NULL DEFAULT 0,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE UNIQUE INDEX flows_name ON flows (account_id, name);

CREATE TABLE flow_versions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  flow_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  file VARCHAR(200) NOT NULL,
  source MEDIUMTEXT NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  note VARCHAR(500) NOT NULL DEFAULT '',
  created_by INTEGER NOT NULL DEFAULT 0,
  created_at DATETIME NOT NULL,
  activated_by INTEGER NOT NULL DEFAULT 0,
  activated_at DATETIME NULL,
  FOREIGN KEY (flow_id) REFERENCES flows (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX flow_versions_number ON flow_versions (flow_id, number);
