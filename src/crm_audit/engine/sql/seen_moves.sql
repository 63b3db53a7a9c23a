-- What the changes add to the history of each judged deal: moves, changes of fields, its first stage.
-- Where a history of its own covers the interval, that wins.
CREATE TABLE seen_rows AS
WITH
newest AS (
  SELECT s.entity, s.deal_no FROM sightings AS s JOIN exports AS x
    ON x.series = s.series AND x.seq = s.seq WHERE x.newest
),
reach AS (
  SELECT table_no, CAST(max(changed_at) AS DATE) AS last_day FROM stage_events
  WHERE deal_no IS NOT NULL GROUP BY table_no
),
own AS (
  SELECT e.deal_no, e.to_no, e.changed_at, r.last_day, coalesce(f.has_close, false) AS has_close,
    coalesce(f.has_owner, false) AS has_owner, coalesce(f.has_amount, false) AS has_amount,
    f.table_no IS NOT NULL AS is_table
  FROM stage_events AS e JOIN reach AS r USING (table_no)
  LEFT JOIN event_fields AS f USING (table_no)
  WHERE e.deal_no IN (SELECT deal_no FROM newest) AND e.changed_at IS NOT NULL
),
told AS (
  -- By deal and interval: whether its history reaches over it, and the stage it tells at its end.
  SELECT q.entity, q.seq, bool_or(o.is_table AND o.last_day >= q.day_after) AS stages,
    bool_or(o.has_close AND o.last_day >= q.day_after) AS closes,
    bool_or(o.has_owner AND o.last_day >= q.day_after) AS owners,
    bool_or(o.has_amount AND o.last_day >= q.day_after) AS amounts,
    max_by(o.to_no, o.changed_at) FILTER (WHERE CAST(o.changed_at AS DATE) <= q.day_after) AS stage_no
  FROM pairs AS q JOIN newest AS n USING (entity) JOIN own AS o ON o.deal_no = n.deal_no
  GROUP BY q.entity, q.seq
),
between AS (
  SELECT q.*, n.deal_no AS judged_no,
    q.moved AND NOT coalesce(t.stages, false) AND NOT coalesce(t.stage_no = q.stage_after, false)
      AS new_move,
    coalesce(q.close_after > q.close_before AND q.status_after = 'open'
      AND q.status_before = 'open', false) AND NOT coalesce(t.closes, false) AS new_push,
    (coalesce(q.close_after <> q.close_before AND q.status_after = 'open'
        AND q.status_before = 'open', false) AND NOT coalesce(t.closes, false))
      OR (coalesce(lower(trim(q.owner_after)) <> lower(trim(q.owner_before)), false)
        AND NOT coalesce(t.owners, false) AND d.series IS NULL)
      OR (coalesce(q.amount_after <> q.amount_before, false) AND NOT coalesce(t.amounts, false))
      AS new_fields,
    CASE WHEN CAST(q.stage_entered_at AS DATE) BETWEEN q.day_before AND q.day_after
      THEN q.stage_entered_at END AS entered,
    CASE WHEN CAST(q.updated_at AS DATE) BETWEEN q.day_before AND q.day_after
      THEN q.updated_at ELSE CAST(q.day_after AS TIMESTAMP) END AS at_the_latest
  FROM pairs AS q JOIN newest AS n USING (entity)
  LEFT JOIN told AS t ON t.entity = q.entity AND t.seq = q.seq
  LEFT JOIN doubts AS d ON d.reason = 'owners' AND d.series = q.series AND d.seq = q.seq
  WHERE q.day_before IS NOT NULL AND q.day_after IS NOT NULL
),
begun AS (
  -- The first stage that the exports show, from the day on which it began by its own column.
  SELECT n.deal_no AS judged_no, s.*, row_number() OVER (PARTITION BY s.entity ORDER BY s.seq) AS place
  FROM sightings AS s JOIN newest AS n USING (entity)
)
SELECT 'move' AS seen, b.judged_no AS deal_no, s.table_no, s.line, b.stage_before AS from_no,
  b.stage_after AS to_no, coalesce(b.entered, b.at_the_latest) AS changed_at,
  CASE WHEN b.entered IS NULL THEN CAST(b.day_before AS TIMESTAMP) ELSE b.entered END AS since,
  b.day_before, b.day_after, false AS field_changed, false AS pushed, b.owner_after AS owner,
  b.amount_after AS amount, b.close_after AS expected_close
FROM between AS b JOIN sightings AS s ON s.deal_no = b.after_no WHERE b.new_move
UNION ALL
SELECT 'fields', b.judged_no, s.table_no, s.line, b.stage_after, b.stage_after, b.at_the_latest,
  CAST(b.day_before AS TIMESTAMP), b.day_before, b.day_after, true, b.new_push, b.owner_after,
  b.amount_after, b.close_after
FROM between AS b JOIN sightings AS s ON s.deal_no = b.after_no
WHERE b.new_fields AND b.stage_after IS NOT NULL
UNION ALL
SELECT 'first', g.judged_no, g.table_no, g.line, NULL, g.stage_no, g.stage_entered_at,
  g.stage_entered_at, NULL, g.day, false, false, g.owner, g.amount, g.expected_close
FROM begun AS g
WHERE g.place = 1 AND g.stage_no IS NOT NULL AND CAST(g.stage_entered_at AS DATE) <= g.day
  AND g.judged_no NOT IN (SELECT deal_no FROM own);

INSERT INTO stage_event_rows
  (deal_no, table_no, line, from_no, to_no, seen, since, day_before, day_after, field_changed,
   pushed, changed_at, owner, amount, expected_close)
SELECT r.deal_no, r.table_no, r.line, r.from_no, r.to_no, r.seen, r.since, r.day_before, r.day_after,
  r.field_changed, r.pushed, r.changed_at, r.owner, r.amount, r.expected_close
FROM seen_rows AS r WHERE r.deal_no IN (SELECT deal_no FROM deals)
