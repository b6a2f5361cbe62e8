-- +goose Up
CREATE TABLE applications (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  by_id BIGINT NOT NULL,
  by_name VARCHAR(120) NOT NULL,
  contact VARCHAR(120) NOT NULL,
  description TEXT NOT NULL,
  number_id BIGINT NOT NULL DEFAULT 0,
  file_name VARCHAR(200) NOT NULL DEFAULT '',
  file_type VARCHAR(100) NOT NULL DEFAULT '',
  file_size BIGINT NOT NULL DEFAULT 0,
  file_key VARCHAR(300) NOT NULL DEFAULT '',
  state VARCHAR(10) NOT NULL,
  answer TEXT NOT NULL,
  flow_id BIGINT NOT NULL DEFAULT 0,
  settled_by BIGINT NOT NULL DEFAULT 0,
  settled_name VARCHAR(120) NOT NULL DEFAULT '',
  settled_at DATETIME(6) NULL,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX applications_account ON applications (account_id, state, id);
CREATE INDEX applications_by ON applications (account_id, by_id, id);
