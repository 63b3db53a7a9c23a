-- The history row by row, each with the row before and after it. Ties go by stage rank.
CREATE TABLE history AS
WITH repeated AS (
  -- The same event in two files, or in a file and in wide stage dates: seldom, so looked for first.
  SELECT deal_no, to_no, changed_at, coalesce(seen, '') AS seen_as FROM stage_events
  WHERE deal_no IS NOT NULL AND changed_at IS NOT NULL AND to_no IS NOT NULL
  GROUP BY ALL HAVING count(*) > 1
),
copies AS (
  SELECT d.*, row_number() OVER (
    PARTITION BY d.deal_no, d.to_no, d.changed_at, r.seen_as ORDER BY d.table_no, d.line) AS copy
  FROM stage_events AS d JOIN repeated AS r ON r.deal_no = d.deal_no AND r.to_no = d.to_no
    AND r.changed_at = d.changed_at AND r.seen_as = coalesce(d.seen, '')
),
once AS (
  SELECT d.*, 1 AS copy FROM stage_events AS d LEFT JOIN repeated AS r ON r.deal_no = d.deal_no
    AND r.to_no = d.to_no AND r.changed_at = d.changed_at AND r.seen_as = coalesce(d.seen, '')
  WHERE r.deal_no IS NULL
    AND d.deal_no IS NOT NULL AND d.changed_at IS NOT NULL AND d.to_no IS NOT NULL
  UNION ALL SELECT * FROM copies WHERE copy = 1
)
SELECT e.deal_no, e.to_no, e.changed_at AS moment, e.left_at, e.changed_by, e.line, e.table_no,
  -- Rows that a comparison of exports shows: `moment` is the latest possible, `since` the earliest.
  e.seen, e.since, e.day_before, e.day_after,
  -- A row whose stage is that of the row before is a change of fields, not a move.
  CASE WHEN e.seen IS NOT NULL THEN e.from_no
    WHEN lag(e.to_no) OVER w = e.to_no THEN e.to_no
    ELSE coalesce(e.from_no, lag(e.to_no) OVER w) END AS from_no,
  -- A stage that a row leaves and no row before it entered.
  CASE WHEN lag(e.to_no) OVER w IS DISTINCT FROM e.from_no THEN e.from_no END AS unseen_no,
  lead(e.changed_at) OVER w AS next_at,
  lag(e.changed_at) OVER w IS NULL AS is_first,
  CASE WHEN e.seen IS NOT NULL THEN e.field_changed
    ELSE coalesce(e.owner <> lag(e.owner) OVER w, false)
      OR coalesce(e.amount <> lag(e.amount) OVER w, false)
      OR coalesce(e.expected_close <> lag(e.expected_close) OVER w, false) END AS field_changed,
  CASE WHEN e.seen IS NOT NULL THEN e.pushed
    ELSE e.expected_close > lag(e.expected_close) OVER w END AS pushed
FROM once AS e LEFT JOIN stages AS s ON s.stage_no = e.to_no
WINDOW w AS (PARTITION BY e.deal_no ORDER BY e.changed_at, coalesce(s.rank, 999), e.line);

-- Moves: from an open stage to another open stage or to won.
CREATE TABLE moves AS
WITH
grain AS (
  -- Times with no time of day: 95 % or more at midnight or whole hours.
  SELECT coalesce(avg(CASE WHEN minute(moment) = 0 AND second(moment) = 0 THEN 1 ELSE 0 END), 0)
    >= (SELECT coarse_share FROM traces) AS coarse FROM history WHERE seen IS NULL
),
placed AS (
  SELECT h.deal_no, h.moment, h.changed_by, h.line, h.table_no, h.from_no, h.to_no,
    h.seen IS NOT NULL AS seen, h.seen IS NOT NULL AND h.since < h.moment AS censored,
    h.day_before, h.day_after, h.seen IS NOT NULL AND date_diff('day', h.day_before, h.day_after) > 1
      AS wide,
    f.rank AS from_rank, coalesce(t.rank, 999) AS to_rank, t.status AS to_status,
    coalesce(t.rank, 999) > f.rank AS forward,
    coalesce(t.required_before, f.required_total) > f.required_through AS jump
  FROM history AS h
  JOIN stages AS f ON f.stage_no = h.from_no
  JOIN stages AS t ON t.stage_no = h.to_no
  WHERE h.from_no <> h.to_no AND f.rank IS NOT NULL
    AND (t.rank IS NOT NULL OR t.status = 'won')
),
spots AS (
  -- The measure of time is the span within which a crowd is bulk.
  SELECT p.deal_no, p.line, p.table_no, p.changed_by, epoch(p.moment) / t.bulk_seconds AS place
  FROM placed AS p CROSS JOIN traces AS t WHERE NOT p.censored
),
busy AS (
  -- A crowd lies in two spans at most, and one of the two holds half of it.
  SELECT s.changed_by, floor(s.place) AS span FROM spots AS s CROSS JOIN traces AS t
  GROUP BY s.changed_by, floor(s.place), t.bulk_deals HAVING count(*) * 2 >= t.bulk_deals
),
intervals AS (
  SELECT day_before, day_after, count(*) AS n FROM placed WHERE censored GROUP BY ALL
),
crowded AS (
  -- The busy spans and their neighbours: few, so what follows is cheap.
  SELECT changed_by, span FROM busy UNION SELECT changed_by, span - 1 FROM busy
  UNION SELECT changed_by, span + 1 FROM busy
),
dense AS (
  SELECT s.*, count(DISTINCT s.deal_no) OVER (PARTITION BY s.changed_by ORDER BY s.place
      RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS deals
  FROM spots AS s JOIN crowded AS c ON c.changed_by IS NOT DISTINCT FROM s.changed_by
    AND c.span = floor(s.place)
),
bulk AS (
  SELECT deal_no, line, table_no, max(deals) OVER (PARTITION BY changed_by ORDER BY place
      RANGE BETWEEN CURRENT ROW AND 1 FOLLOWING) AS deals
  FROM dense
),
same_day AS (
  SELECT deal_no, CAST(moment AS DATE) AS day FROM placed WHERE forward AND NOT censored GROUP BY ALL
  HAVING count(*) > 1
)
SELECT p.deal_no, p.moment, p.changed_by, p.line, p.table_no, p.from_no, p.to_no, p.seen,
  p.from_rank, p.to_rank, p.to_status, p.forward,
  -- Between two exports more than a day apart it may have passed through the stages it seems to jump.
  CASE WHEN p.wide AND p.forward AND p.jump THEN NULL ELSE p.jump END AS jump,
  -- Without a user or a time of day a crowd may be chance: unknown.
  CASE WHEN p.censored THEN CASE WHEN i.n < r.bulk_deals THEN false END
    WHEN coalesce(b.deals, 0) < r.bulk_deals THEN false
    WHEN p.changed_by IS NULL OR g.coarse THEN NULL ELSE true END AS bulk,
  p.forward AND d.deal_no IS NOT NULL AND NOT p.censored AS same_day
FROM placed AS p CROSS JOIN grain AS g CROSS JOIN traces AS r
LEFT JOIN bulk AS b USING (deal_no, line, table_no)
LEFT JOIN same_day AS d ON d.deal_no = p.deal_no AND d.day = CAST(p.moment AS DATE)
LEFT JOIN intervals AS i ON i.day_before = p.day_before AND i.day_after = p.day_after;

ALTER TABLE moves ADD COLUMN clean BOOLEAN;
UPDATE moves SET clean = NOT forward OR (NOT bulk AND NOT same_day AND NOT jump);

-- Days (working days by a calendar) that won deals spent in each stage, repeated stays added up.
CREATE TABLE stage_times AS
WITH stays AS (
  SELECT h.deal_no, h.to_no AS stage_no,
    sum(coalesce(e.number - b.number,
      date_diff('second', h.moment, coalesce(h.next_at, h.left_at, d.closed_at)) / 86400.0)) AS days
  FROM history AS h JOIN deals AS d USING (deal_no) JOIN stages AS s ON s.stage_no = h.to_no
  LEFT JOIN calendar AS b ON b.day = CAST(h.moment AS DATE)
  LEFT JOIN calendar AS e ON e.day = CAST(coalesce(h.next_at, h.left_at, d.closed_at) AS DATE)
  WHERE d.status = 'won' AND s.rank IS NOT NULL
    AND coalesce(h.next_at, h.left_at, d.closed_at) >= h.moment
    -- A stay whose ends are known by two exports alone measures their distance, not the stage.
    AND h.deal_no NOT IN (SELECT c.deal_no FROM history AS c
      WHERE c.seen = 'move' AND c.since < c.moment)
  GROUP BY ALL
)
SELECT stage_no, quantile_cont(days, 0.5) AS median_days, count(*) AS n
FROM stays GROUP BY stage_no
