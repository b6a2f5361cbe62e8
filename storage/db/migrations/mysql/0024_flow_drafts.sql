-- +goose Up
CREATE TABLE flow_drafts (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  flow_id BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  base BIGINT NOT NULL DEFAULT 0,
  file VARCHAR(200) NOT NULL,
  source MEDIUMTEXT NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  saved_by BIGINT NOT NULL DEFAULT 0,
  saved_at DATETIME(6) NOT NULL,
  FOREIGN KEY (flow_id) REFERENCES flows (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX flow_drafts_flow ON flow_drafts (flow_id);

ALTER TABLE flows ADD COLUMN removed_at DATETIME(6) NULL;

CREATE TABLE queue_group_names (
  account_id BIGINT NOT NULL,
  name VARCHAR(100) NOT NULL,
  group_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
