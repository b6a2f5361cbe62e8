-- +goose Up
-- The first form of this table was never written to.
DROP TABLE prompts;

CREATE TABLE prompt_files (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  bytes INTEGER NOT NULL,
  milliseconds INTEGER NOT NULL,
  unused_since DATETIME NULL,
  created_at DATETIME NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE UNIQUE INDEX prompt_files_sha256 ON prompt_files (account_id, sha256);

CREATE TABLE prompts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  name VARCHAR(100) NOT NULL,
  file_id INTEGER NOT NULL,
  source VARCHAR(10) NOT NULL,
  original VARCHAR(200) NOT NULL DEFAULT '',
  text TEXT NOT NULL,
  language VARCHAR(10) NOT NULL DEFAULT '',
  voice VARCHAR(60) NOT NULL DEFAULT '',
  speed INTEGER NOT NULL DEFAULT 0,
  created_by INTEGER NOT NULL DEFAULT 0,
  created_at DATETIME NOT NULL,
  updated_by INTEGER NOT NULL DEFAULT 0,
  updated_at DATETIME NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id),
  FOREIGN KEY (file_id) REFERENCES prompt_files (id)
);
CREATE UNIQUE INDEX prompts_name ON prompts (account_id, name);

CREATE TABLE spoken_texts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  hash VARCHAR(64) NOT NULL,
  file_id INTEGER NOT NULL,
  text TEXT NOT NULL,
  language VARCHAR(10) NOT NULL,
  voice VARCHAR(60) NOT NULL,
  used_at DATETIME NOT NULL,
  created_at DATETIME NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id),
  FOREIGN KEY (file_id) REFERENCES prompt_files (id)
);
CREATE UNIQUE INDEX spoken_texts_hash ON spoken_texts (account_id, hash);
CREATE INDEX spoken_texts_used ON spoken_texts (used_at);

CREATE TABLE spoken_days (
  account_id INTEGER NOT NULL,
  day VARCHAR(10) NOT NULL,
  characters INTEGER NOT NULL,
  PRIMARY KEY (account_id, day),
  FOREIGN KEY (account_id) REFERENCES accounts (id)
);
