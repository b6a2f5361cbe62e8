-- +goose Up
CREATE TABLE jobs (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  kind VARCHAR(40) NOT NULL,
  title VARCHAR(200) NOT NULL,
  owner_id BIGINT NOT NULL,
  owner_name VARCHAR(120) NOT NULL,
  state VARCHAR(12) NOT NULL,
  input MEDIUMTEXT NOT NULL,
  checkpoint LONGTEXT NOT NULL,
  done BIGINT NOT NULL,
  total BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  next_try BIGINT NOT NULL,
  error_code VARCHAR(60) NOT NULL,
  error VARCHAR(500) NOT NULL,
  cancel BOOLEAN NOT NULL,
  worker VARCHAR(200) NOT NULL,
  epoch BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  result_key VARCHAR(200) NOT NULL,
  result_name VARCHAR(200) NOT NULL,
  result_bytes BIGINT NOT NULL,
  result_note TEXT NOT NULL,
  created_at DATETIME(6) NOT NULL,
  started_at DATETIME(6) NULL,
  finished_at DATETIME(6) NULL,
  expires_at DATETIME(6) NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX jobs_due ON jobs (state, next_try);
CREATE INDEX jobs_owner ON jobs (account_id, owner_id, id);
CREATE INDEX jobs_expiry ON jobs (state, expires_at);

CREATE TABLE schedule_runs (
  name VARCHAR(60) NOT NULL,
  tick BIGINT NOT NULL,
  worker VARCHAR(200) NOT NULL,
  lease_until BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  finished_at DATETIME(6) NULL,
  error VARCHAR(500) NOT NULL,
  PRIMARY KEY (name, tick)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
