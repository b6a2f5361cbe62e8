-- +goose Up
CREATE TABLE calendars (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  name VARCHAR(60) NOT NULL,
  timezone VARCHAR(60) NOT NULL,
  weekly TEXT NOT NULL,
  days MEDIUMTEXT NOT NULL,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX calendars_name ON calendars (account_id, name);

CREATE TABLE number_entries (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  number_id BIGINT NOT NULL,
  place BIGINT NOT NULL,
  name VARCHAR(60) NOT NULL,
  calendar_id BIGINT NOT NULL DEFAULT 0,
  state VARCHAR(10) NOT NULL DEFAULT '',
  dates TEXT NOT NULL,
  spans TEXT NOT NULL,
  flow_id BIGINT NOT NULL,
  FOREIGN KEY (number_id) REFERENCES service_numbers (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX number_entries_place ON number_entries (number_id, place);
CREATE INDEX number_entries_account ON number_entries (account_id, calendar_id);
