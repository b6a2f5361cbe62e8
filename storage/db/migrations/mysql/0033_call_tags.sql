-- +goose Up
CREATE TABLE call_labels (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  kind VARCHAR(10) NOT NULL,
  parent_id BIGINT NOT NULL,
  name VARCHAR(60) NOT NULL,
  place BIGINT NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX call_labels_name ON call_labels (account_id, kind, parent_id, name);

CREATE TABLE call_tags (
  call_id VARCHAR(36) NOT NULL,
  label_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  kind VARCHAR(10) NOT NULL,
  call_at DATETIME(6) NOT NULL,
  by_id BIGINT NOT NULL,
  by_name VARCHAR(120) NOT NULL,
  at DATETIME(6) NOT NULL,
  PRIMARY KEY (call_id, label_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX call_tags_label ON call_tags (account_id, label_id, call_at, call_id);

-- Who may give any right gets the new ones, to give them on.
UPDATE roles SET rights = REPLACE(rights, '"roles.manage"', '"roles.manage","calls.tags","calls.quality","calls.assign"')
  WHERE rights LIKE '%"roles.manage"%' AND rights NOT LIKE '%"calls.tags"%';
