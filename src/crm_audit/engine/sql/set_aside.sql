-- What the earlier exports say of each deal, kept apart from the deals that are judged.
CREATE TABLE past_rows AS
SELECT deal_no, table_no, line, deal_id, deal_name, company, owner, owner_filled, pipeline,
  stage_no, status, amount, amount_filled, currency, created_at, expected_close,
  expected_close_filled, closed_at, closed_at_filled, stage_entered_at, updated_at
FROM deals WHERE table_no IN (SELECT table_no FROM exports WHERE NOT newest);

-- One close-date column: the closing date of closed deals, in earlier exports too.
UPDATE past_rows SET closed_at = expected_close
WHERE status IN ('won', 'lost') AND table_no IN (SELECT table_no FROM exports WHERE lone_close);

-- The dates of stages that the earlier exports have in columns.
CREATE TABLE past_events AS
SELECT deal_no, table_no, line, to_no, changed_at FROM stage_events
WHERE table_no IN (SELECT table_no FROM exports WHERE NOT newest)
