-- +goose Up
CREATE TABLE calls (
  id VARCHAR(36) NOT NULL PRIMARY KEY,
  account_id INTEGER NOT NULL,
  direction VARCHAR(8) NOT NULL,
  from_number VARCHAR(40) NOT NULL,
  to_number VARCHAR(40) NOT NULL,
  service VARCHAR(40) NOT NULL,
  region VARCHAR(60) NOT NULL,
  flow_name VARCHAR(100) NOT NULL,
  group_id INTEGER NOT NULL,
  group_name VARCHAR(100) NOT NULL,
  agent_id INTEGER NOT NULL,
  agent_name VARCHAR(100) NOT NULL,
  outcome VARCHAR(20) NOT NULL,
  started_at DATETIME NOT NULL,
  answered_at DATETIME NULL,
  ended_at DATETIME NOT NULL,
  queue_seconds DOUBLE NOT NULL,
  ring_seconds DOUBLE NOT NULL,
  talk_seconds DOUBLE NOT NULL,
  hold_seconds DOUBLE NOT NULL,
  hangup_cause VARCHAR(60) NOT NULL,
  hangup_by VARCHAR(12) NOT NULL,
  customer_id INTEGER NOT NULL,
  customer_name VARCHAR(100) NOT NULL,
  recording_state VARCHAR(10) NOT NULL,
  note TEXT NOT NULL
);
CREATE INDEX calls_started ON calls (account_id, started_at, id);
CREATE INDEX calls_from ON calls (account_id, from_number, started_at);
CREATE INDEX calls_to ON calls (account_id, to_number, started_at);
CREATE INDEX calls_agent ON calls (account_id, agent_id, started_at);

CREATE TABLE call_steps (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  call_id VARCHAR(36) NOT NULL,
  seq INTEGER NOT NULL,
  at DATETIME NOT NULL,
  node VARCHAR(100) NOT NULL,
  kind VARCHAR(30) NOT NULL,
  title VARCHAR(200) NOT NULL,
  input VARCHAR(200) NOT NULL,
  exit_name VARCHAR(60) NOT NULL,
  detail VARCHAR(500) NOT NULL
);
CREATE UNIQUE INDEX call_steps_call ON call_steps (call_id, seq);

CREATE TABLE call_rings (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  call_id VARCHAR(36) NOT NULL,
  seq INTEGER NOT NULL,
  agent_id INTEGER NOT NULL,
  group_id INTEGER NOT NULL,
  at DATETIME NOT NULL,
  ended_at DATETIME NOT NULL,
  result VARCHAR(16) NOT NULL,
  cause VARCHAR(60) NOT NULL
);
CREATE UNIQUE INDEX call_rings_call ON call_rings (call_id, seq);
CREATE INDEX call_rings_agent ON call_rings (account_id, agent_id, at);

CREATE TABLE call_legs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  call_id VARCHAR(36) NOT NULL,
  uuid VARCHAR(36) NOT NULL,
  role VARCHAR(12) NOT NULL,
  agent_id INTEGER NOT NULL,
  number VARCHAR(40) NOT NULL,
  started_at DATETIME NOT NULL,
  answered_at DATETIME NULL,
  ended_at DATETIME NOT NULL,
  cause VARCHAR(60) NOT NULL
);
CREATE UNIQUE INDEX call_legs_call ON call_legs (call_id, uuid);

CREATE TABLE call_visits (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  call_id VARCHAR(36) NOT NULL,
  seq INTEGER NOT NULL,
  group_id INTEGER NOT NULL,
  entered_at DATETIME NOT NULL,
  left_at DATETIME NOT NULL,
  why VARCHAR(16) NOT NULL
);
CREATE UNIQUE INDEX call_visits_call ON call_visits (call_id, seq);
CREATE INDEX call_visits_group ON call_visits (account_id, group_id, entered_at);

CREATE TABLE recordings (
  call_id VARCHAR(36) NOT NULL PRIMARY KEY,
  account_id INTEGER NOT NULL,
  spool_path VARCHAR(400) NOT NULL,
  blob_key VARCHAR(200) NOT NULL,
  seconds DOUBLE NOT NULL,
  bytes INTEGER NOT NULL,
  state VARCHAR(10) NOT NULL,
  voicemail BOOLEAN NOT NULL,
  started_at DATETIME NOT NULL,
  stopped_at DATETIME NOT NULL,
  tries INTEGER NOT NULL,
  next_try DATETIME NOT NULL,
  problem VARCHAR(300) NOT NULL,
  stored_at DATETIME NULL,
  sha256 VARCHAR(64) NOT NULL
);
CREATE INDEX recordings_due ON recordings (state, next_try);
