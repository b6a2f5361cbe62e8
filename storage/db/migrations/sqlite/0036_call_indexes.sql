-- +goose Up
CREATE INDEX calls_group ON calls (account_id, group_id, started_at, id);
CREATE INDEX calls_outcome ON calls (account_id, outcome, started_at, id);
CREATE INDEX calls_customer ON calls (account_id, customer_id, started_at, id);
CREATE INDEX calls_rating ON calls (account_id, rating, started_at, id);
CREATE INDEX calls_repeat ON calls (account_id, repeat_within, started_at, id);
CREATE INDEX calls_marked ON calls (account_id, marked, started_at, id);
CREATE INDEX calls_status ON calls (account_id, status_id, started_at, id);
CREATE INDEX calls_talk ON calls (account_id, talk_seconds);
CREATE INDEX calls_queue ON calls (account_id, queue_seconds);
CREATE INDEX calls_ring ON calls (account_id, ring_seconds);
CREATE INDEX calls_total ON calls (account_id, total_seconds);
