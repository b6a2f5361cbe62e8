-- +goose Up
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  kind VARCHAR(40) NOT NULL,
  title VARCHAR(200) NOT NULL,
  owner_id INTEGER NOT NULL,
  owner_name VARCHAR(120) NOT NULL,
  state VARCHAR(12) NOT NULL,
  input TEXT NOT NULL,
  checkpoint TEXT NOT NULL,
  done INTEGER NOT NULL,
  total INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  next_try BIGINT NOT NULL,
  error_code VARCHAR(60) NOT NULL,
  error VARCHAR(500) NOT NULL,
  cancel BOOLEAN NOT NULL,
  worker VARCHAR(200) NOT NULL,
  epoch INTEGER NOT NULL,
  lease_until BIGINT NOT NULL,
  result_key VARCHAR(200) NOT NULL,
  result_name VARCHAR(200) NOT NULL,
  result_bytes INTEGER NOT NULL,
  result_note TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  started_at DATETIME NULL,
  finished_at DATETIME NULL,
  expires_at DATETIME NULL
);
CREATE INDEX jobs_due ON jobs (state, next_try);
CREATE INDEX jobs_owner ON jobs (account_id, owner_id, id);
CREATE INDEX jobs_expiry ON jobs (state, expires_at);

CREATE TABLE schedule_runs (
  name VARCHAR(60) NOT NULL,
  tick BIGINT NOT NULL,
  worker VARCHAR(200) NOT NULL,
  lease_until BIGINT NOT NULL,
  attempts INTEGER NOT NULL,
  finished_at DATETIME NULL,
  error VARCHAR(500) NOT NULL,
  PRIMARY KEY (name, tick)
);
