-- +goose Up
CREATE TABLE queue_groups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  name VARCHAR(100) NOT NULL,
  strategy VARCHAR(20) NOT NULL,
  last_agent_first BOOLEAN NOT NULL DEFAULT FALSE,
  after_miss VARCHAR(10) NOT NULL,
  wait_limit INTEGER NOT NULL DEFAULT 0,
  ring_time INTEGER NOT NULL,
  ask_pause INTEGER NOT NULL DEFAULT 0,
  empty_limit INTEGER NOT NULL DEFAULT 0,
  wrap_up INTEGER NOT NULL DEFAULT 0,
  max_wrap_up INTEGER NOT NULL DEFAULT 0,
  announce INTEGER NOT NULL DEFAULT 0,
  max_waiting INTEGER NOT NULL DEFAULT 0,
  need_working BOOLEAN NOT NULL DEFAULT FALSE,
  no_agent_kind VARCHAR(12) NOT NULL,
  no_agent_group INTEGER NOT NULL DEFAULT 0,
  timeout_kind VARCHAR(12) NOT NULL,
  timeout_group INTEGER NOT NULL DEFAULT 0,
  full_kind VARCHAR(12) NOT NULL,
  full_group INTEGER NOT NULL DEFAULT 0,
  music VARCHAR(200) NOT NULL DEFAULT '',
  greeting VARCHAR(100) NOT NULL DEFAULT '',
  tell_agent_no BOOLEAN NOT NULL DEFAULT FALSE,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE UNIQUE INDEX queue_groups_name ON queue_groups (account_id, name);

CREATE TABLE queue_members (
  group_id INTEGER NOT NULL,
  agent_id INTEGER NOT NULL,
  account_id INTEGER NOT NULL,
  level INTEGER NOT NULL,
  place INTEGER NOT NULL,
  PRIMARY KEY (group_id, agent_id),
  FOREIGN KEY (group_id) REFERENCES queue_groups (id) ON DELETE CASCADE,
  FOREIGN KEY (agent_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX queue_members_agent ON queue_members (account_id, agent_id);
