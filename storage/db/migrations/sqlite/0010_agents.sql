-- +goose Up
CREATE TABLE agent_profiles (
  user_id INTEGER NOT NULL PRIMARY KEY,
  account_id INTEGER NOT NULL,
  method VARCHAR(10) NOT NULL,
  mobile VARCHAR(32) NOT NULL DEFAULT '',
  updated_at DATETIME NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX agent_profiles_account ON agent_profiles (account_id);

CREATE TABLE agent_spans (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  agent_id INTEGER NOT NULL,
  state VARCHAR(20) NOT NULL,
  reason VARCHAR(60) NOT NULL DEFAULT '',
  call_id VARCHAR(36) NOT NULL DEFAULT '',
  from_at DATETIME NOT NULL,
  to_at DATETIME NOT NULL
);
CREATE UNIQUE INDEX agent_spans_agent ON agent_spans (account_id, agent_id, from_at);
CREATE INDEX agent_spans_time ON agent_spans (account_id, to_at);
