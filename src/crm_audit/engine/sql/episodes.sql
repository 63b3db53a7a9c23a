-- Stall episodes of the window: a limit crossed between one progress and the next.
CREATE TABLE episodes AS
WITH points AS (
  SELECT deal_no, moment, stage_no FROM advances
  UNION ALL
  SELECT deal_no, moment, CAST(NULL AS INTEGER) FROM touches
  WHERE by_client AND deal_no IN (SELECT deal_no FROM advances)
),
spans AS (
  SELECT p.deal_no, p.moment, lead(p.moment) OVER w AS next_at,
    coalesce(p.stage_no, last_value(p.stage_no IGNORE NULLS) OVER w) AS stage_no
  FROM points AS p
  WINDOW w AS (PARTITION BY p.deal_no ORDER BY p.moment, p.stage_no NULLS LAST)
),
crossed AS (
  SELECT s.deal_no, s.stage_no, s.moment,
    s.moment + to_seconds(CAST(l.limit_days * 86400 AS BIGINT)) AS crossed_at,
    CASE WHEN d.status IN ('won', 'lost') THEN d.closed_at END AS closed_at,
    least(s.next_at, CASE WHEN d.status IN ('won', 'lost') THEN d.closed_at END) AS ended_at
  FROM spans AS s JOIN deals AS d USING (deal_no)
  JOIN stages AS g ON g.stage_no = s.stage_no
  JOIN stage_limits AS l ON l.stage_no = s.stage_no
  WHERE g.rank IS NOT NULL AND d.status IN ('open', 'won', 'lost')
)
SELECT c.deal_no, c.stage_no, c.crossed_at, c.ended_at IS NULL AS still_open
FROM crossed AS c CROSS JOIN params AS p JOIN deals AS d USING (deal_no)
WHERE c.crossed_at < coalesce(c.ended_at, CAST(p.as_of AS TIMESTAMP))
  AND (c.closed_at IS NULL OR c.moment < c.closed_at)
  AND CAST(c.crossed_at AS DATE) >= p.window_start AND CAST(c.crossed_at AS DATE) <= p.as_of
  -- An open one younger than the time for reaction does not count yet.
  AND NOT (c.ended_at IS NULL AND date_diff('day', CAST(c.crossed_at AS DATE), p.as_of) < p.reaction_days);

ALTER TABLE episodes ADD COLUMN reacted BOOLEAN;
UPDATE episodes SET reacted = r.deal_no IS NOT NULL
FROM (
  SELECT e.deal_no AS episode_deal, e.crossed_at, max(x.deal_no) AS deal_no
  FROM episodes AS e CROSS JOIN params AS p
  LEFT JOIN (
    SELECT deal_no, moment FROM history WHERE (from_no <> to_no) OR (field_changed AND NOT is_first)
    UNION ALL SELECT deal_no, closed_at FROM deals
      WHERE status IN ('won', 'lost') AND closed_at IS NOT NULL
    UNION ALL SELECT deal_no, manager_decision_at FROM deals
      WHERE manager_decision_filled AND manager_decision_at IS NOT NULL
        AND CAST(manager_decision_at AS DATE) <= (SELECT as_of FROM params)
  ) AS x ON x.deal_no = e.deal_no AND x.moment >= e.crossed_at
    AND CAST(x.moment AS DATE) <= CAST(e.crossed_at AS DATE) + p.reaction_days
  GROUP BY e.deal_no, e.crossed_at
) AS r
WHERE episodes.deal_no = r.episode_deal AND episodes.crossed_at = r.crossed_at
