-- +goose Up
CREATE TABLE queue_groups (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  name VARCHAR(100) NOT NULL,
  strategy VARCHAR(20) NOT NULL,
  last_agent_first BOOLEAN NOT NULL DEFAULT FALSE,
  after_miss VARCHAR(10) NOT NULL,
  wait_limit BIGINT NOT NULL DEFAULT 0,
  ring_time BIGINT NOT NULL,
  ask_pause BIGINT NOT NULL DEFAULT 0,
  empty_limit BIGINT NOT NULL DEFAULT 0,
  wrap_up BIGINT NOT NULL DEFAULT 0,
  max_wrap_up BIGINT NOT NULL DEFAULT 0,
  announce BIGINT NOT NULL DEFAULT 0,
  max_waiting BIGINT NOT NULL DEFAULT 0,
  need_working BOOLEAN NOT NULL DEFAULT FALSE,
  no_agent_kind VARCHAR(12) NOT NULL,
  no_agent_group BIGINT NOT NULL DEFAULT 0,
  timeout_kind VARCHAR(12) NOT NULL,
  timeout_group BIGINT NOT NULL DEFAULT 0,
  full_kind VARCHAR(12) NOT NULL,
  full_group BIGINT NOT NULL DEFAULT 0,
  music VARCHAR(200) NOT NULL DEFAULT '',
  greeting VARCHAR(100) NOT NULL DEFAULT '',
  tell_agent_no BOOLEAN NOT NULL DEFAULT FALSE,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX queue_groups_name ON queue_groups (account_id, name);

CREATE TABLE queue_members (
  group_id BIGINT NOT NULL,
  agent_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  level BIGINT NOT NULL,
  place BIGINT NOT NULL,
  PRIMARY KEY (group_id, agent_id),
  FOREIGN KEY (group_id) REFERENCES queue_groups (id) ON DELETE CASCADE,
  FOREIGN KEY (agent_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX queue_members_agent ON queue_members (account_id, agent_id);
