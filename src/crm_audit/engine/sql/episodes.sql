-- Waits of the window that came near their limit: from one progress to the next.
CREATE TABLE waits AS
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
    CASE WHEN b.number IS NULL THEN s.moment + to_seconds(CAST(l.limit_days * 86400 AS BIGINT))
      ELSE CAST(f.day AS TIMESTAMP) END AS crossed_at,
    CASE WHEN d.status IN ('won', 'lost') THEN d.closed_at END AS closed_at,
    least(s.next_at, CASE WHEN d.status IN ('won', 'lost') THEN d.closed_at END) AS ended_at
  FROM spans AS s JOIN deals AS d USING (deal_no)
  JOIN stages AS g ON g.stage_no = s.stage_no
  JOIN stage_limits AS l ON l.stage_no = s.stage_no
  LEFT JOIN calendar AS b ON b.day = CAST(s.moment AS DATE)
  LEFT JOIN workday_firsts AS f ON f.number = b.number + CAST(ceil(l.limit_days) AS INTEGER)
  WHERE g.rank IS NOT NULL AND d.status IN ('open', 'won', 'lost')
)
SELECT c.deal_no, c.stage_no, c.moment, c.crossed_at, c.closed_at, c.ended_at
FROM crossed AS c CROSS JOIN params AS p
WHERE (c.closed_at IS NULL OR c.moment < c.closed_at)
  AND CAST(c.crossed_at AS DATE) >= p.window_start
  AND c.crossed_at - to_days(7 * p.weeks_before) < coalesce(c.ended_at, CAST(p.as_of AS TIMESTAMP));

-- Stall episodes of the window: a limit crossed between one progress and the next.
CREATE TABLE episodes AS
SELECT c.deal_no, c.stage_no, c.crossed_at, c.ended_at IS NULL AS still_open
FROM waits AS c CROSS JOIN params AS p
WHERE c.crossed_at < coalesce(c.ended_at, CAST(p.as_of AS TIMESTAMP))
  AND CAST(c.crossed_at AS DATE) <= p.as_of
  -- An open one younger than the time for reaction does not count yet.
  AND NOT (c.ended_at IS NULL AND date_diff('day', CAST(c.crossed_at AS DATE), p.as_of) < p.reaction_days);

-- What a manager does about a deal, or what moves or closes it: at `moment`, or since `since`.
CREATE TABLE reactions AS
SELECT deal_no, coalesce(since, moment) AS since, moment FROM history
  WHERE (from_no <> to_no) OR (field_changed AND (seen IS NOT NULL OR NOT is_first))
UNION ALL SELECT deal_no, closed_at, closed_at FROM deals
  WHERE status IN ('won', 'lost') AND closed_at IS NOT NULL
UNION ALL SELECT deal_no, manager_decision_at, manager_decision_at FROM deals
  WHERE manager_decision_filled AND manager_decision_at IS NOT NULL
    AND CAST(manager_decision_at AS DATE) <= (SELECT as_of FROM params);

-- Deals whose history is what a comparison of exports shows, with the day of the first export.
CREATE TABLE watched AS
SELECT deal_no, min(coalesce(day_before, day_after)) AS first_day FROM history
GROUP BY deal_no HAVING count(*) = count(seen);

ALTER TABLE episodes ADD COLUMN reacted BOOLEAN;
UPDATE episodes SET reacted = r.reacted
FROM (
  SELECT e.deal_no AS episode_deal, e.crossed_at,
    CASE WHEN bool_or(x.since >= e.crossed_at AND x.moment <= e.until) THEN true
      -- A change somewhere between two exports, one of them outside the time for reaction.
      WHEN bool_or(x.since < x.moment AND x.since <= e.until AND x.moment >= e.crossed_at) THEN NULL
      -- Before the first export nobody looked.
      WHEN max(w.first_day) > CAST(e.crossed_at AS DATE) THEN NULL
      ELSE false END AS reacted
  FROM (
    SELECT c.*, CAST(CAST(c.crossed_at AS DATE) + p.reaction_days + 1 AS TIMESTAMP)
      - INTERVAL 1 SECOND AS until
    FROM episodes AS c CROSS JOIN params AS p
  ) AS e
  LEFT JOIN watched AS w USING (deal_no)
  LEFT JOIN reactions AS x ON x.deal_no = e.deal_no AND x.moment >= e.crossed_at AND x.since <= e.until
  GROUP BY e.deal_no, e.crossed_at
) AS r
WHERE episodes.deal_no = r.episode_deal AND episodes.crossed_at = r.crossed_at;

-- Week by week around the limit: waits that lasted into the week, and those answered within it.
CREATE TABLE reaction_chance AS
WITH answered AS (
  SELECT w.deal_no, w.moment, w.crossed_at,
    CASE WHEN w.ended_at <= p.as_of THEN w.ended_at ELSE CAST(p.as_of AS TIMESTAMP) END AS seen_until,
    min(x.moment) AS reacted_at
  FROM (
    -- Between exports a week cannot be told.
    SELECT * FROM waits WHERE deal_no NOT IN (SELECT deal_no FROM watched)
  ) AS w CROSS JOIN params AS p
  LEFT JOIN reactions AS x ON x.deal_no = w.deal_no AND x.moment > w.moment
    AND x.moment >= w.crossed_at - to_days(7 * p.weeks_before)
    AND (w.ended_at IS NULL OR x.moment <= w.ended_at) AND CAST(x.moment AS DATE) <= p.as_of
  GROUP BY ALL
),
placed AS (
  SELECT a.deal_no, a.moment, a.reacted_at, a.seen_until, k.week,
    a.crossed_at + to_days(7 * k.week) AS week_start,
    a.crossed_at + to_days(7 * k.week + 7) AS week_end
  FROM answered AS a CROSS JOIN reaction_weeks AS k
)
SELECT week >= 0 AS after_limit, count(*) AS weeks,
  count(*) FILTER (WHERE reacted_at < week_end) AS reacted
FROM placed
WHERE moment <= week_start AND (reacted_at IS NULL OR reacted_at >= week_start)
  -- A week that the record breaks off in, with nothing done by then, tells nothing.
  AND (coalesce(reacted_at < week_end, false) OR seen_until >= week_end)
GROUP BY week >= 0
