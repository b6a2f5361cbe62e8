-- +goose Up
ALTER TABLE call_steps ADD COLUMN flow_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE call_steps ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE call_steps ADD COLUMN how VARCHAR(10) NOT NULL DEFAULT '';
CREATE INDEX call_steps_node ON call_steps (account_id, flow_id, node, call_id, exit_name, how, version);

CREATE TABLE flow_figures (
  account_id INTEGER NOT NULL,
  flow_id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  day VARCHAR(10) NOT NULL,
  node VARCHAR(100) NOT NULL,
  exit_name VARCHAR(60) NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (account_id, flow_id, version, day, node, exit_name)
);
