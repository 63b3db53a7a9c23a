-- Events of a later export's history that are older than the earlier export and were not in it.
CREATE TABLE late_history AS
WITH
known AS (
  -- What each export's history says: dates of stages in columns, and the history table beside it.
  SELECT s.entity, s.series, s.seq, false AS is_table, e.to_no, e.changed_at, e.table_no, e.line
  FROM past_events AS e JOIN sightings AS s USING (deal_no)
  UNION ALL
  SELECT s.entity, s.series, s.seq, false, e.to_no, e.changed_at, e.table_no, e.line
  FROM stage_events AS e JOIN sightings AS s ON s.deal_no = e.deal_no AND s.table_no = e.table_no
  UNION ALL
  SELECT s.entity, t.series, t.seq, true, e.to_no, e.changed_at, e.table_no, e.line
  FROM stage_events AS e JOIN event_tables AS t USING (table_no)
  JOIN sightings AS s ON s.deal_no = e.deal_no AND s.series = t.series
),
reach AS (
  SELECT series, seq, is_table, min(changed_at) AS first_at FROM known GROUP BY ALL
),
told AS (
  SELECT DISTINCT entity, series, seq, is_table FROM known
),
columns_of AS (
  SELECT DISTINCT series, seq, to_no FROM known WHERE NOT is_table
),
older AS (
  SELECT q.entity, q.series, q.seq, q.seq_before, q.before_no, q.after_no, k.is_table, k.to_no,
    k.changed_at, k.table_no, k.line
  FROM pairs AS q JOIN known AS k ON k.entity = q.entity AND k.series = q.series AND k.seq = q.seq
  JOIN told AS o ON o.entity = q.entity AND o.series = q.series AND o.seq = q.seq_before
    AND o.is_table = k.is_table
  JOIN reach AS h ON h.series = q.series AND h.seq = q.seq_before AND h.is_table = k.is_table
  LEFT JOIN columns_of AS c ON c.series = q.series AND c.seq = q.seq_before AND c.to_no = k.to_no
  WHERE CAST(k.changed_at AS DATE) < q.day_before AND k.changed_at >= h.first_at
    AND (k.is_table OR c.to_no IS NOT NULL)
)
SELECT r.entity, r.series, r.seq, r.before_no, r.after_no, min(r.changed_at) AS changed_at,
  min_by(r.table_no, r.changed_at) AS table_no, min_by(r.line, r.changed_at) AS line
FROM older AS r CROSS JOIN compare_params AS p
WHERE NOT EXISTS (SELECT 1 FROM known AS o WHERE o.entity = r.entity AND o.series = r.series
  AND o.seq = r.seq_before AND o.is_table = r.is_table AND o.to_no = r.to_no
  AND abs(epoch(o.changed_at) - epoch(r.changed_at)) <= p.clock_hours * 3600)
GROUP BY r.entity, r.series, r.seq, r.before_no, r.after_no;

-- Pipelines and statuses that each export has; an export without pipelines has them all.
CREATE TABLE held_pipelines AS
SELECT DISTINCT r.series, r.seq, CASE WHEN x.has_pipeline THEN trim(r.pipeline) END AS pipeline,
  x.has_pipeline
FROM sightings AS r JOIN exports AS x ON x.series = r.series AND x.seq = r.seq;
CREATE TABLE held_statuses AS SELECT DISTINCT series, seq, status FROM sightings;

-- What changed between two exports, one row a deal and kind; `was` and `became` as text.
CREATE TABLE changes AS
WITH found AS (
  SELECT 'stage' AS kind, NULL AS what, series, seq, before_no, after_no,
    stage_name_before AS was, stage_name_after AS became, CAST(NULL AS DECIMAL(18, 4)) AS difference
  FROM pairs WHERE moved
  UNION ALL
  SELECT CASE WHEN close_after > close_before THEN 'pushed' ELSE 'pulled_in' END, NULL, series, seq,
    before_no, after_no, CAST(close_before AS VARCHAR), CAST(close_after AS VARCHAR),
    CAST(date_diff('day', close_before, close_after) AS DECIMAL(18, 4))
  FROM pairs WHERE close_after <> close_before
    -- Where there is one date, that of a closed deal is its closing date.
    AND NOT (one_date AND (coalesce(status_before, 'open') IN ('won', 'lost')
      OR coalesce(status_after, 'open') IN ('won', 'lost')))
  UNION ALL
  SELECT 'amount', NULL, series, seq, before_no, after_no, CAST(amount_before AS VARCHAR),
    CAST(amount_after AS VARCHAR), amount_after - amount_before
  FROM pairs WHERE amount_after <> amount_before
    AND NOT coalesce(currency_before <> currency_after, false)
  UNION ALL
  SELECT 'currency', NULL, series, seq, before_no, after_no, currency_before, currency_after, NULL
  FROM pairs WHERE currency_after <> currency_before AND amount_after IS NOT NULL
  UNION ALL
  SELECT 'owner', NULL, series, seq, before_no, after_no, owner_before, owner_after, NULL
  FROM pairs WHERE lower(trim(owner_before)) <> lower(trim(owner_after)) AND NOT EXISTS (
    SELECT 1 FROM doubts AS d WHERE d.reason = 'owners' AND d.series = pairs.series
      AND d.seq = pairs.seq)
  UNION ALL
  SELECT status_after, NULL, series, seq, before_no, after_no, status_before, status_after, NULL
  FROM pairs WHERE status_told AND status_after IN ('won', 'lost') AND status_before <> status_after
  UNION ALL
  SELECT 'reopened', NULL, series, seq, before_no, after_no, status_before, status_after, NULL
  FROM pairs WHERE status_told AND status_before IN ('won', 'lost') AND status_after = 'open'
    AND NOT post_sale
  UNION ALL
  SELECT CASE WHEN fate = 'left' THEN 'left' ELSE 'vanished' END, NULL, series, seq_gone, deal_no,
    NULL, coalesce(stage, status), NULL, NULL
  FROM gone WHERE fate IN ('left', 'vanished')
  UNION ALL
  SELECT 'new', NULL, series, seq, NULL, deal_no, NULL, coalesce(stage, status), NULL
  FROM arrived WHERE NOT not_sure
  UNION ALL
  SELECT 'returned', NULL, series, seq, before_no, after_no, CAST(day_before AS VARCHAR),
    CAST(day_after AS VARCHAR), NULL
  FROM pairs WHERE seq_before < seq - 1
  UNION ALL
  -- Back-dated: the day of creation was rewritten. Time zones do not rewrite it.
  SELECT 'back_dated', 'created_at', series, seq, before_no, after_no,
    CAST(CAST(created_before AS DATE) AS VARCHAR), CAST(CAST(created_after AS DATE) AS VARCHAR), NULL
  FROM pairs CROSS JOIN compare_params AS p
  WHERE abs(epoch(created_after) - epoch(created_before)) > p.clock_hours * 3600
    AND NOT EXISTS (SELECT 1 FROM doubts AS d WHERE d.reason = 'creations'
      AND d.series = pairs.series AND d.seq = pairs.seq)
  UNION ALL
  -- The day of closing of a closed deal was rewritten.
  SELECT 'back_dated', 'closed_at', series, seq, before_no, after_no,
    CAST(closed_before AS VARCHAR), CAST(closed_after AS VARCHAR), NULL
  FROM pairs CROSS JOIN compare_params AS p
  WHERE status_told AND status_before IN ('won', 'lost') AND status_after = status_before
    AND abs(epoch(closed_moment) - epoch(closed_moment_before)) > p.clock_hours * 3600
    AND NOT planned_only AND NOT EXISTS (SELECT 1 FROM doubts AS d WHERE d.reason = 'closings'
      AND d.series = pairs.series AND d.seq = pairs.seq)
  UNION ALL
  -- Closed on a day on which an export still shows it open.
  SELECT 'back_dated', 'closed_before', series, seq, before_no, after_no,
    CAST(day_before AS VARCHAR), CAST(closed_after AS VARCHAR), NULL
  FROM pairs WHERE status_told AND status_before = 'open' AND status_after IN ('won', 'lost')
    AND closed_after < day_before AND NOT planned_only
    AND NOT (lone_close AND coalesce(closed_after = close_before, false))
  UNION ALL
  -- In its stage since before an export that shows it in another.
  SELECT 'back_dated', 'stage_entered_at', series, seq, before_no, after_no,
    CAST(day_before AS VARCHAR), CAST(CAST(stage_entered_at AS DATE) AS VARCHAR), NULL
  FROM pairs WHERE moved AND CAST(stage_entered_at AS DATE) < day_before
  UNION ALL
  -- New in this export, and created before the one that lacks it.
  SELECT 'back_dated', 'new', a.series, a.seq, NULL, a.deal_no,
    CAST(a.day_before AS VARCHAR), CAST(CAST(a.created_at AS DATE) AS VARCHAR), NULL
  FROM arrived AS a
  WHERE NOT a.not_sure AND CAST(a.created_at AS DATE) < a.day_before
    AND NOT EXISTS (SELECT 1 FROM doubts AS d WHERE d.reason = 'narrower' AND d.series = a.series
      AND d.seq = a.seq)
    AND (a.pipeline IS NULL OR EXISTS (SELECT 1 FROM held_pipelines AS r WHERE r.series = a.series
      AND r.seq = a.seq - 1 AND (NOT r.has_pipeline OR r.pipeline = trim(a.pipeline))))
    AND (a.status = 'open' OR coalesce(CAST(a.closed_at AS DATE) >= a.day_before, false)
      OR EXISTS (SELECT 1 FROM held_statuses AS r WHERE r.series = a.series AND r.seq = a.seq - 1
        AND r.status = a.status))
  UNION ALL
  SELECT 'back_dated', 'history', series, seq, before_no, after_no, CAST(NULL AS VARCHAR),
    CAST(CAST(changed_at AS DATE) AS VARCHAR), NULL
  FROM late_history
)
SELECT row_number() OVER (ORDER BY f.series, f.seq, f.kind, f.what, f.before_no, f.after_no) AS change_no,
  f.*, coalesce(a.deal_id, b.deal_id) AS deal_id, coalesce(a.deal_name, b.deal_name) AS deal_name,
  coalesce(a.company, b.company) AS company, coalesce(a.owner, b.owner) AS owner,
  coalesce(a.stage, b.stage) AS stage, coalesce(a.pipeline, b.pipeline) AS pipeline,
  -- The deal as the later export has it, else as it was.
  CASE WHEN a.deal_no IS NULL THEN b.amount ELSE a.amount END AS amount,
  coalesce(CASE WHEN a.deal_no IS NULL THEN b.currency ELSE a.currency END, 'XXX') AS currency,
  a.confidence, b.table_no AS before_table, b.line AS before_line,
  a.table_no AS after_table, a.line AS after_line,
  x.day AS day_before, y.day AS day_after
FROM found AS f
LEFT JOIN sightings AS b ON b.deal_no = f.before_no
LEFT JOIN sightings AS a ON a.deal_no = f.after_no
LEFT JOIN exports AS y ON y.series = f.series AND y.seq = f.seq
LEFT JOIN exports AS x ON x.series = f.series AND x.seq = coalesce(b.seq, f.seq - 1)
