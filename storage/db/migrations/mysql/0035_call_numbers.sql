-- +goose Up
-- Every end of every number that ever called or was called, so that a part of
-- a number is found as the start of one of its ends.
CREATE TABLE call_numbers (
  account_id BIGINT NOT NULL,
  part VARCHAR(40) NOT NULL,
  number VARCHAR(40) NOT NULL,
  PRIMARY KEY (account_id, part, number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO call_numbers (account_id, part, number)
  WITH RECURSIVE places (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM places WHERE n < 38),
  known (account_id, number) AS (SELECT account_id, from_number FROM calls UNION SELECT account_id, to_number FROM calls)
  SELECT account_id, SUBSTR(number, n), number FROM known JOIN places ON n <= CHAR_LENGTH(number) - 2;
