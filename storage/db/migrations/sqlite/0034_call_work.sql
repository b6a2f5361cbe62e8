-- +goose Up
CREATE TABLE call_notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  call_id VARCHAR(36) NOT NULL,
  at DATETIME NOT NULL,
  by_id INTEGER NOT NULL,
  by_name VARCHAR(120) NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX call_notes_call ON call_notes (call_id);
INSERT INTO call_notes (account_id, call_id, at, by_id, by_name, text)
  SELECT account_id, id, ended_at, agent_id, agent_name, note FROM calls WHERE note <> '';

CREATE TABLE call_operations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  call_id VARCHAR(36) NOT NULL,
  at DATETIME NOT NULL,
  by_id INTEGER NOT NULL,
  by_name VARCHAR(120) NOT NULL,
  what VARCHAR(30) NOT NULL,
  detail VARCHAR(300) NOT NULL
);
CREATE INDEX call_operations_call ON call_operations (call_id);

CREATE TABLE call_assignments (
  call_id VARCHAR(36) NOT NULL PRIMARY KEY,
  account_id INTEGER NOT NULL,
  agent_id INTEGER NOT NULL,
  number VARCHAR(40) NOT NULL,
  call_at DATETIME NOT NULL,
  by_id INTEGER NOT NULL,
  by_name VARCHAR(120) NOT NULL,
  at DATETIME NOT NULL,
  settled_at DATETIME NULL,
  settled_how VARCHAR(12) NOT NULL,
  settled_call VARCHAR(36) NOT NULL
);
CREATE INDEX call_assignments_agent ON call_assignments (account_id, agent_id, settled_at, call_at);
CREATE INDEX call_assignments_number ON call_assignments (number, settled_at);

CREATE TABLE saved_searches (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  name VARCHAR(60) NOT NULL,
  shared BOOLEAN NOT NULL,
  query TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE INDEX saved_searches_user ON saved_searches (account_id, user_id);
