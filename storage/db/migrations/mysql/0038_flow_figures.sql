-- +goose Up
ALTER TABLE call_steps ADD COLUMN flow_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE call_steps ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE call_steps ADD COLUMN how VARCHAR(10) NOT NULL DEFAULT '';
CREATE INDEX call_steps_node ON call_steps (account_id, flow_id, node, call_id, exit_name, how, version);

CREATE TABLE flow_figures (
  account_id BIGINT NOT NULL,
  flow_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  day VARCHAR(10) NOT NULL,
  node VARCHAR(100) NOT NULL,
  exit_name VARCHAR(60) NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY (account_id, flow_id, version, day, node, exit_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
