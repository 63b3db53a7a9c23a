-- The changes of each judged deal over all its exports, as facts.
INSERT INTO deal_changes
WITH
newest AS (
  SELECT s.entity, s.deal_no FROM sightings AS s JOIN exports AS x
    ON x.series = s.series AND x.seq = s.seq WHERE x.newest
),
compared AS (
  -- Deals with an earlier sighting, and deals of which an earlier export could have told.
  SELECT n.deal_no, bool_or(q.entity IS NOT NULL) AS compared,
    bool_or(q.status_told) AS status_told, bool_or(q.moved) AS moved,
    min(q.day_before) AS first_seen, max(q.day_after) AS last_seen,
    min_by(q.amount_before, q.seq) FILTER (WHERE q.amount_before IS NOT NULL) AS amount_was,
    max_by(q.amount_after, q.seq) FILTER (WHERE q.amount_after IS NOT NULL) AS amount_is,
    bool_or(coalesce(q.currency_before <> q.currency_after, false)) AS currency_changed,
    min_by(q.close_before, q.seq) FILTER (WHERE q.close_before IS NOT NULL) AS close_was,
    max_by(q.close_after, q.seq) FILTER (WHERE q.close_after IS NOT NULL) AS close_is
  FROM newest AS n LEFT JOIN pairs AS q USING (entity) GROUP BY n.deal_no
),
events AS (
  SELECT n.deal_no, c.kind, c.what, c.was, c.became, c.day_after, c.series, c.seq
  FROM newest AS n JOIN sightings AS s ON s.entity = n.entity
  JOIN changes AS c ON c.after_no = s.deal_no
),
reopenings AS (
  SELECT deal_no, max(day_after) AS reopened_at, max_by(was, seq) AS closed_as FROM events
  WHERE kind = 'reopened' GROUP BY deal_no
),
rewritings AS (
  SELECT deal_no, max_by(what, seq) AS what, max_by(coalesce(was, ''), seq) AS was,
    max_by(became, seq) AS became
  FROM events WHERE kind = 'back_dated' GROUP BY deal_no
)
SELECT c.deal_no, c.compared,
  CASE WHEN r.deal_no IS NOT NULL THEN true WHEN c.status_told THEN false END AS reopened,
  r.reopened_at, r.closed_as,
  w.deal_no IS NOT NULL AS back_dated, w.what AS back_dated_what,
  nullif(w.was, '') AS back_dated_was, w.became AS back_dated_became,
  CASE WHEN NOT c.currency_changed THEN c.amount_was END AS amount_was,
  CASE WHEN NOT c.currency_changed AND c.amount_was > 0
    THEN CAST(abs(c.amount_is - c.amount_was) / c.amount_was AS DOUBLE) END AS amount_moved,
  c.close_was AS close_date_was,
  CAST(date_diff('day', c.close_was, c.close_is) AS INTEGER) AS close_slid_days,
  c.moved AS stage_moved, c.first_seen, c.last_seen
FROM compared AS c LEFT JOIN reopenings AS r USING (deal_no)
LEFT JOIN rewritings AS w USING (deal_no);

-- Deals that are in no newest export: findings of their own, never part of the portfolio.
INSERT INTO gone_facts
WITH last_gone AS (
  SELECT g.*, row_number() OVER (
    PARTITION BY g.deal_id ORDER BY g.deal_name, g.created_at, g.amount, g.line) AS twin
  FROM gone AS g WHERE g.seq_after IS NULL AND g.fate IN ('left', 'vanished')
)
SELECT deal_no, table_no, line,
  CASE WHEN deal_id <> '' THEN deal_id END AS deal_id,
  CASE WHEN deal_id <> '' THEN deal_id
    ELSE coalesce(name_key, '') || '|' || coalesce(company_key, '') || '|'
      || coalesce(CAST(created_at AS VARCHAR), '') END
    || CASE WHEN twin > 1 THEN '#' || twin ELSE '' END AS deal_key,
  deal_name, company, owner, pipeline, stage, status, CASE WHEN amount > 0 THEN amount END AS amount,
  coalesce(currency, 'XXX') AS currency, CASE WHEN fate = 'vanished' THEN true END AS vanished,
  coalesce(was_closed, false) AS was_closed, day AS last_seen, day_gone AS missing_from
FROM last_gone
