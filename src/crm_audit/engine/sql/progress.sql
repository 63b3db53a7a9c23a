-- What moved a deal on: its start, its reopening, and forward moves that are no bulk edit and no robot's.
CREATE TABLE advances AS
WITH robot_users AS (
  SELECT DISTINCT changed_by FROM history WHERE lower(changed_by) IN (SELECT word FROM robots)
),
both_kinds AS (
  SELECT deal_no, moment, to_no AS stage_no, changed_by FROM history
  WHERE is_first AND coalesce(seen, 'first') = 'first'
  UNION ALL
  -- Reopened: from a closed stage back to an open one.
  SELECT h.deal_no, h.moment, h.to_no, h.changed_by FROM history AS h
  JOIN stages AS f ON f.stage_no = h.from_no JOIN stages AS t ON t.stage_no = h.to_no
  WHERE f.status IN ('won', 'lost') AND t.rank IS NOT NULL
  UNION ALL
  SELECT deal_no, moment, to_no, changed_by FROM moves WHERE forward AND NOT coalesce(bulk, false)
)
SELECT deal_no, moment, stage_no FROM both_kinds
WHERE changed_by IS NULL OR changed_by NOT IN (SELECT changed_by FROM robot_users);

-- Activities that took place; those of the client or with the client are progress.
CREATE TABLE touches AS
WITH timed AS (
  SELECT deal_no, coalesce(done_at, happened_at,
      CASE WHEN coalesce(is_done, due_at IS NULL) THEN created_at END) AS moment,
    coalesce(direction IN ('in', 'joint'), false) OR coalesce(kind = 'meeting', false) AS by_client
  FROM activities WHERE deal_no IS NOT NULL AND coalesce(is_done, true)
)
SELECT deal_no, moment, by_client FROM timed WHERE moment IS NOT NULL;

-- The last progress of each deal by kind of evidence.
CREATE TABLE progress AS
WITH forward_moves AS (
  -- Forward moves and the start of the deal; bulk edits and robots are no progress.
  SELECT n.deal_no, max(n.moment) AS moment
  FROM advances AS n CROSS JOIN params AS p
  WHERE CAST(n.moment AS DATE) <= p.as_of
    AND n.deal_no IN (SELECT deal_no FROM open_deals)
  GROUP BY n.deal_no
),
seen_moves AS (
  -- A forward move that a comparison of exports shows is progress whatever the others are told by.
  SELECT m.deal_no, max(m.moment) AS moment FROM moves AS m CROSS JOIN params AS p
  WHERE m.seen AND m.forward AND NOT coalesce(m.bulk, false) AND CAST(m.moment AS DATE) <= p.as_of
  GROUP BY m.deal_no
),
last_touches AS (
  SELECT t.deal_no, max(t.moment) AS any_at,
    max(CASE WHEN t.by_client THEN t.moment END) AS client_at
  FROM touches AS t CROSS JOIN params AS p
  WHERE CAST(t.moment AS DATE) <= p.as_of AND t.deal_no IN (SELECT deal_no FROM open_deals)
  GROUP BY t.deal_no
)
SELECT d.deal_no, e.moment AS seen_at,
  -- What was edited in bulk is no progress: the next evidence tells.
  CASE WHEN CAST(d.stage_entered_at AS DATE) <= p.as_of AND NOT coalesce(b.entered_bulk, false)
    THEN greatest(f.moment, d.stage_entered_at) ELSE f.moment END AS stage_at,
  CASE WHEN CAST(d.last_decision_at AS DATE) <= p.as_of THEN d.last_decision_at END AS decision_at,
  t.client_at AS client_at,
  greatest(t.any_at,
    CASE WHEN CAST(d.last_activity_at AS DATE) <= p.as_of THEN d.last_activity_at END) AS touch_at,
  CASE WHEN CAST(d.updated_at AS DATE) <= p.as_of AND NOT coalesce(b.updated_bulk, false)
    THEN d.updated_at END AS updated_at,
  CASE WHEN CAST(d.created_at AS DATE) <= p.as_of THEN d.created_at END AS created_at
FROM open_deals AS d CROSS JOIN params AS p
LEFT JOIN seen_moves AS e USING (deal_no)
LEFT JOIN bulk_edits AS b USING (deal_no)
LEFT JOIN forward_moves AS f USING (deal_no)
LEFT JOIN last_touches AS t USING (deal_no)
