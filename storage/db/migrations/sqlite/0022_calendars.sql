-- +goose Up
CREATE TABLE calendars (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  name VARCHAR(60) NOT NULL,
  timezone VARCHAR(60) NOT NULL,
  weekly TEXT NOT NULL,
  days MEDIUMTEXT NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE UNIQUE INDEX calendars_name ON calendars (account_id, name);

CREATE TABLE number_entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  number_id INTEGER NOT NULL,
  place INTEGER NOT NULL,
  name VARCHAR(60) NOT NULL,
  calendar_id INTEGER NOT NULL DEFAULT 0,
  state VARCHAR(10) NOT NULL DEFAULT '',
  dates TEXT NOT NULL,
  spans TEXT NOT NULL,
  flow_id INTEGER NOT NULL,
  FOREIGN KEY (number_id) REFERENCES service_numbers (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX number_entries_place ON number_entries (number_id, place);
CREATE INDEX number_entries_account ON number_entries (account_id, calendar_id);
