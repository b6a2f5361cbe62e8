-- +goose Up
CREATE TABLE flows (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  name VARCHAR(100) NOT NULL,
  active BIGINT NOT NULL DEFAULT 0,
  latest BIGINT NOT NULL DEFAULT 0,
  created_by BIGINT NOT NULL DEFAULT 0,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX flows_name ON flows (account_id, name);

CREATE TABLE flow_versions (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  flow_id BIGINT NOT NULL,
  number BIGINT NOT NULL,
  file VARCHAR(200) NOT NULL,
  source MEDIUMTEXT NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  note VARCHAR(500) NOT NULL DEFAULT '',
  created_by BIGINT NOT NULL DEFAULT 0,
  created_at DATETIME(6) NOT NULL,
  activated_by BIGINT NOT NULL DEFAULT 0,
  activated_at DATETIME(6) NULL,
  FOREIGN KEY (flow_id) REFERENCES flows (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX flow_versions_number ON flow_versions (flow_id, number);
