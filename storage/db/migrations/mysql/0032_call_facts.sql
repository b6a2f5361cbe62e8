-- +goose Up
ALTER TABLE calls ADD COLUMN repeat_within BIGINT NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN total_seconds DOUBLE NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN marked BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE calls ADD COLUMN closed_at DATETIME(6) NULL;
ALTER TABLE calls ADD COLUMN status_id BIGINT NOT NULL DEFAULT 0;
UPDATE calls SET total_seconds = TIMESTAMPDIFF(MICROSECOND, started_at, ended_at) / 1000000;

CREATE TABLE call_stretches (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  call_id VARCHAR(36) NOT NULL,
  seq BIGINT NOT NULL,
  kind VARCHAR(12) NOT NULL,
  agent_id BIGINT NOT NULL,
  group_id BIGINT NOT NULL,
  how VARCHAR(12) NOT NULL,
  began_at DATETIME(6) NOT NULL,
  ended_at DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX call_stretches_call ON call_stretches (call_id, seq);
CREATE INDEX call_stretches_time ON call_stretches (account_id, began_at);
