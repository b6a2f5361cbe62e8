-- +goose Up
ALTER TABLE calls ADD COLUMN rating_asked VARCHAR(8) NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN callback_of VARCHAR(36) NOT NULL DEFAULT '';
CREATE INDEX calls_callback_of ON calls (account_id, callback_of);
ALTER TABLE queue_groups ADD COLUMN survey_after BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE accounts ADD COLUMN survey_flow_id BIGINT NOT NULL DEFAULT 0;
