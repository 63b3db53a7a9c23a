-- The last progress of each deal by kind of evidence.
CREATE TABLE progress AS
WITH forward_moves AS (
  -- Forward moves and the start of the deal; bulk edits and robots are no progress.
  SELECT h.deal_no, max(h.moment) AS moment
  FROM history AS h JOIN params AS p ON true
  LEFT JOIN moves AS m ON m.deal_no = h.deal_no AND m.line = h.line AND m.table_no = h.table_no
    AND m.to_no = h.to_no
  WHERE CAST(h.moment AS DATE) <= p.as_of
    AND (h.is_first OR (m.forward AND NOT coalesce(m.bulk, false)))
    AND lower(coalesce(h.changed_by, '')) NOT IN (SELECT word FROM robots)
  GROUP BY h.deal_no
),
touches AS (
  SELECT a.deal_no,
    max(t.moment) AS any_at,
    max(CASE WHEN a.direction IN ('in', 'joint') OR a.kind = 'meeting' THEN t.moment END) AS client_at
  FROM activities AS a CROSS JOIN params AS p
  CROSS JOIN LATERAL (SELECT coalesce(a.done_at, a.happened_at,
    CASE WHEN coalesce(a.is_done, a.due_at IS NULL) THEN a.created_at END) AS moment) AS t
  WHERE a.deal_no IS NOT NULL AND CAST(t.moment AS DATE) <= p.as_of
    AND coalesce(a.is_done, true)
  GROUP BY a.deal_no
)
SELECT d.deal_no,
  CASE WHEN CAST(d.stage_entered_at AS DATE) <= p.as_of
    THEN greatest(f.moment, d.stage_entered_at) ELSE f.moment END AS stage_at,
  CASE WHEN CAST(d.last_decision_at AS DATE) <= p.as_of THEN d.last_decision_at END AS decision_at,
  t.client_at AS client_at,
  greatest(t.any_at,
    CASE WHEN CAST(d.last_activity_at AS DATE) <= p.as_of THEN d.last_activity_at END) AS touch_at,
  CASE WHEN CAST(d.updated_at AS DATE) <= p.as_of THEN d.updated_at END AS updated_at,
  CASE WHEN CAST(d.created_at AS DATE) <= p.as_of THEN d.created_at END AS created_at
FROM open_deals AS d CROSS JOIN params AS p
LEFT JOIN forward_moves AS f USING (deal_no)
LEFT JOIN touches AS t USING (deal_no)
