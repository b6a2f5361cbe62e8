-- +goose Up
CREATE TABLE applications (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  by_id INTEGER NOT NULL,
  by_name VARCHAR(120) NOT NULL,
  contact VARCHAR(120) NOT NULL,
  description TEXT NOT NULL,
  number_id INTEGER NOT NULL DEFAULT 0,
  file_name VARCHAR(200) NOT NULL DEFAULT '',
  file_type VARCHAR(100) NOT NULL DEFAULT '',
  file_size INTEGER NOT NULL DEFAULT 0,
  file_key VARCHAR(300) NOT NULL DEFAULT '',
  state VARCHAR(10) NOT NULL,
  answer TEXT NOT NULL,
  flow_id INTEGER NOT NULL DEFAULT 0,
  settled_by INTEGER NOT NULL DEFAULT 0,
  settled_name VARCHAR(120) NOT NULL DEFAULT '',
  settled_at DATETIME NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE INDEX applications_account ON applications (account_id, state, id);
CREATE INDEX applications_by ON applications (account_id, by_id, id);
