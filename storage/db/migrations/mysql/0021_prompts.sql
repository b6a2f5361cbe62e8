-- +goose Up
-- The first form of this table was never written to.
DROP TABLE prompts;

CREATE TABLE prompt_files (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  bytes BIGINT NOT NULL,
  milliseconds BIGINT NOT NULL,
  unused_since DATETIME(6) NULL,
  created_at DATETIME(6) NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX prompt_files_sha256 ON prompt_files (account_id, sha256);

CREATE TABLE prompts (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  name VARCHAR(100) NOT NULL,
  file_id BIGINT NOT NULL,
  source VARCHAR(10) NOT NULL,
  original VARCHAR(200) NOT NULL DEFAULT '',
  text TEXT NOT NULL,
  language VARCHAR(10) NOT NULL DEFAULT '',
  voice VARCHAR(60) NOT NULL DEFAULT '',
  speed BIGINT NOT NULL DEFAULT 0,
  created_by BIGINT NOT NULL DEFAULT 0,
  created_at DATETIME(6) NOT NULL,
  updated_by BIGINT NOT NULL DEFAULT 0,
  updated_at DATETIME(6) NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id),
  FOREIGN KEY (file_id) REFERENCES prompt_files (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX prompts_name ON prompts (account_id, name);

CREATE TABLE spoken_texts (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  hash VARCHAR(64) NOT NULL,
  file_id BIGINT NOT NULL,
  text TEXT NOT NULL,
  language VARCHAR(10) NOT NULL,
  voice VARCHAR(60) NOT NULL,
  used_at DATETIME(6) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id),
  FOREIGN KEY (file_id) REFERENCES prompt_files (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX spoken_texts_hash ON spoken_texts (account_id, hash);
CREATE INDEX spoken_texts_used ON spoken_texts (used_at);

CREATE TABLE spoken_days (
  account_id BIGINT NOT NULL,
  day VARCHAR(10) NOT NULL,
  characters BIGINT NOT NULL,
  PRIMARY KEY (account_id, day),
  FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
