-- +goose Up
CREATE TABLE agent_profiles (
  user_id BIGINT NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL,
  method VARCHAR(10) NOT NULL,
  mobile VARCHAR(32) NOT NULL DEFAULT '',
  updated_at DATETIME(6) NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX agent_profiles_account ON agent_profiles (account_id);

CREATE TABLE agent_spans (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  agent_id BIGINT NOT NULL,
  state VARCHAR(20) NOT NULL,
  reason VARCHAR(60) NOT NULL DEFAULT '',
  call_id VARCHAR(36) NOT NULL DEFAULT '',
  from_at DATETIME(6) NOT NULL,
  to_at DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX agent_spans_agent ON agent_spans (account_id, agent_id, from_at);
CREATE INDEX agent_spans_time ON agent_spans (account_id, to_at);
