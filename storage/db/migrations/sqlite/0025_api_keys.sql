-- +goose Up
CREATE TABLE api_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  name VARCHAR(60) NOT NULL,
  hint VARCHAR(16) NOT NULL,
  secret_hash VARCHAR(64) NOT NULL,
  rights TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  expires_at DATETIME NULL,
  used_at DATETIME NULL,
  used_ip VARCHAR(60) NOT NULL DEFAULT '',
  revoked_at DATETIME NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE UNIQUE INDEX api_keys_secret ON api_keys (secret_hash);
CREATE INDEX api_keys_account ON api_keys (account_id, id);

ALTER TABLE audit ADD COLUMN key_name VARCHAR(60) NOT NULL DEFAULT '';

UPDATE roles SET rights = REPLACE(rights, '"account.manage"', '"account.manage","keys.manage"') WHERE rights LIKE '%"account.manage"%' AND rights NOT LIKE '%"keys.manage"%';
