-- +goose Up
CREATE TABLE accounts (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  slug VARCHAR(40) NOT NULL,
  name VARCHAR(120) NOT NULL,
  timezone VARCHAR(60) NOT NULL,
  language VARCHAR(10) NOT NULL,
  inbound_limit BIGINT NOT NULL DEFAULT 0,
  disabled BOOLEAN NOT NULL DEFAULT FALSE,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX accounts_slug ON accounts (slug);

CREATE TABLE departments (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  parent_id BIGINT NOT NULL DEFAULT 0,
  name VARCHAR(120) NOT NULL,
  manager_id BIGINT NOT NULL DEFAULT 0,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX departments_name ON departments (account_id, parent_id, name);

CREATE TABLE roles (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  name VARCHAR(120) NOT NULL,
  rights TEXT NOT NULL,
  scope VARCHAR(20) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX roles_name ON roles (account_id, name);

CREATE TABLE users (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  login VARCHAR(60) NOT NULL,
  name VARCHAR(120) NOT NULL,
  number VARCHAR(20) NULL,
  department_id BIGINT NOT NULL DEFAULT 0,
  superior_id BIGINT NOT NULL DEFAULT 0,
  role_id BIGINT NOT NULL,
  language VARCHAR(10) NOT NULL DEFAULT '',
  email VARCHAR(200) NOT NULL DEFAULT '',
  password_hash VARCHAR(200) NOT NULL,
  password_at DATETIME(6) NOT NULL,
  must_change_password BOOLEAN NOT NULL DEFAULT FALSE,
  disabled BOOLEAN NOT NULL DEFAULT FALSE,
  last_sign_in_at DATETIME(6) NULL,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id),
  FOREIGN KEY (role_id) REFERENCES roles (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX users_login ON users (account_id, login);
CREATE UNIQUE INDEX users_number ON users (account_id, number);
CREATE INDEX users_superior ON users (account_id, superior_id);

CREATE TABLE sessions (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  token_hash VARCHAR(64) NOT NULL,
  ip VARCHAR(60) NOT NULL,
  user_agent VARCHAR(300) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  seen_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX sessions_token ON sessions (token_hash);
CREATE INDEX sessions_user ON sessions (account_id, user_id);
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE sign_in_failures (
  name VARCHAR(200) PRIMARY KEY,
  failures BIGINT NOT NULL,
  first_at DATETIME(6) NOT NULL,
  last_at DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX sign_in_failures_last ON sign_in_failures (last_at);

CREATE TABLE audit (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  at DATETIME(6) NOT NULL,
  actor_id BIGINT NOT NULL,
  actor_name VARCHAR(120) NOT NULL,
  action VARCHAR(60) NOT NULL,
  target_kind VARCHAR(40) NOT NULL,
  target_id VARCHAR(60) NOT NULL,
  detail TEXT NOT NULL,
  ip VARCHAR(60) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX audit_account ON audit (account_id, id);
CREATE INDEX audit_target ON audit (account_id, target_kind, target_id, id);
CREATE INDEX audit_actor ON audit (account_id, actor_id, id);

CREATE TABLE service_numbers (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  number VARCHAR(32) NOT NULL,
  name VARCHAR(120) NOT NULL,
  flow_id BIGINT NOT NULL DEFAULT 0,
  enabled BOOLEAN NOT NULL DEFAULT TRUE,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX service_numbers_number ON service_numbers (number);
CREATE INDEX service_numbers_account ON service_numbers (account_id);

CREATE TABLE trunks (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  name VARCHAR(120) NOT NULL,
  proxy VARCHAR(200) NOT NULL,
  username VARCHAR(100) NOT NULL DEFAULT '',
  password VARCHAR(200) NOT NULL DEFAULT '',
  register BOOLEAN NOT NULL DEFAULT FALSE,
  caller_id VARCHAR(32) NOT NULL DEFAULT '',
  prefix VARCHAR(16) NOT NULL DEFAULT '',
  enabled BOOLEAN NOT NULL DEFAULT TRUE,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX trunks_name ON trunks (account_id, name);

CREATE TABLE desk_phones (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  username VARCHAR(60) NOT NULL,
  a1_hash VARCHAR(32) NOT NULL,
  issued_at DATETIME(6) NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX desk_phones_username ON desk_phones (username);
CREATE UNIQUE INDEX desk_phones_user ON desk_phones (account_id, user_id);

CREATE TABLE web_phones (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  username VARCHAR(60) NOT NULL,
  a1_hash VARCHAR(32) NOT NULL,
  issued_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX web_phones_username ON web_phones (username);
CREATE UNIQUE INDEX web_phones_user ON web_phones (account_id, user_id);

CREATE TABLE blacklist (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  number VARCHAR(32) NOT NULL,
  reason VARCHAR(500) NOT NULL DEFAULT '',
  by_id BIGINT NOT NULL DEFAULT 0,
  by_name VARCHAR(120) NOT NULL DEFAULT '',
  created_at DATETIME(6) NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX blacklist_number ON blacklist (account_id, number);

CREATE TABLE customers (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  name VARCHAR(120) NOT NULL,
  company VARCHAR(200) NOT NULL DEFAULT '',
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE INDEX customers_account ON customers (account_id, id);

CREATE TABLE customer_phones (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  number VARCHAR(32) NOT NULL,
  place BIGINT NOT NULL DEFAULT 0,
  FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX customer_phones_once ON customer_phones (customer_id, number);
CREATE INDEX customer_phones_number ON customer_phones (account_id, number);

CREATE TABLE prompts (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  name VARCHAR(120) NOT NULL,
  blob_key VARCHAR(300) NOT NULL,
  content_type VARCHAR(100) NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  size BIGINT NOT NULL,
  millis BIGINT NOT NULL DEFAULT 0,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE UNIQUE INDEX prompts_name ON prompts (account_id, name);

CREATE TABLE leases (
  name VARCHAR(100) PRIMARY KEY,
  holder VARCHAR(200) NOT NULL,
  epoch BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
