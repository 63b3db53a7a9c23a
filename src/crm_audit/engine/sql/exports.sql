-- The exports of each series of the same deals, oldest first, with what is known of each.
CREATE TABLE exports (
  series INTEGER, seq INTEGER, table_no INTEGER, day DATE, by_id BOOLEAN, newest BOOLEAN,
  has_status BOOLEAN, has_pipeline BOOLEAN, lone_close BOOLEAN, planned_only BOOLEAN);

-- What their comparison says of each judged deal, and of deals that no newest export has.
CREATE TABLE deal_changes (
  deal_no BIGINT, compared BOOLEAN, reopened BOOLEAN, reopened_at DATE, closed_as VARCHAR,
  back_dated BOOLEAN, back_dated_what VARCHAR, back_dated_was VARCHAR, back_dated_became VARCHAR,
  amount_was DECIMAL(18, 4), amount_moved DOUBLE, close_date_was DATE, close_slid_days INTEGER,
  stage_moved BOOLEAN, first_seen DATE, last_seen DATE);
CREATE TABLE gone_facts (
  deal_no BIGINT, table_no INTEGER, line BIGINT, deal_id VARCHAR, deal_key VARCHAR,
  deal_name VARCHAR, company VARCHAR, owner VARCHAR, pipeline VARCHAR, stage VARCHAR,
  status VARCHAR, amount DECIMAL(18, 4), currency VARCHAR, vanished BOOLEAN, was_closed BOOLEAN,
  last_seen DATE, missing_from DATE)
