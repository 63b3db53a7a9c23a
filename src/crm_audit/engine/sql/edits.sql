-- Cards edited in bulk: the last change, or the entry into the stage, of many deals within seconds.
CREATE TABLE bulk_edits AS
WITH
stamps AS (
  -- Set as the card was made it is no edit of it.
  SELECT deal_no, table_no, 'updated' AS what, coalesce(updated_by, owner) AS who,
    updated_by IS NOT NULL AS named, updated_at AS moment
  FROM deals CROSS JOIN traces AS p WHERE updated_at IS NOT NULL
    AND coalesce(abs(epoch(updated_at) - epoch(created_at)) > p.creation_seconds, true)
  UNION ALL
  SELECT deal_no, table_no, 'entered', owner, false, stage_entered_at
  FROM deals CROSS JOIN traces AS p WHERE stage_entered_at IS NOT NULL
    AND coalesce(abs(epoch(stage_entered_at) - epoch(created_at)) > p.creation_seconds, true)
),
grain AS (
  -- Times with no time of day: nearly all at midnight or whole hours.
  SELECT table_no, what, avg(CASE WHEN minute(moment) = 0 AND second(moment) = 0 THEN 1 ELSE 0 END)
    >= max(p.coarse_share) AS coarse
  FROM stamps CROSS JOIN traces AS p GROUP BY table_no, what
),
scaled AS (
  -- The measure of time is the span within which a crowd is bulk.
  SELECT s.deal_no, s.what, s.who, epoch(s.moment) / p.bulk_seconds AS place
  FROM stamps AS s CROSS JOIN traces AS p
),
busy AS (
  -- A crowd lies in two spans at most, and one of the two holds half of it.
  SELECT s.what, floor(s.place) AS span FROM scaled AS s CROSS JOIN traces AS p
  GROUP BY s.what, floor(s.place), p.bulk_deals HAVING count(*) * 2 >= p.bulk_deals
),
crowded AS (
  -- The busy spans and their neighbours: few, so what follows is cheap.
  SELECT what, span FROM busy UNION SELECT what, span - 1 FROM busy
  UNION SELECT what, span + 1 FROM busy
),
near AS (
  SELECT s.* FROM scaled AS s JOIN crowded AS c ON c.what = s.what AND c.span = floor(s.place)
),
ending AS (
  -- Deals within such a span up to each edit: by the same user, and by anybody.
  SELECT deal_no, what, who, place,
    count(*) OVER (PARTITION BY what, who ORDER BY place RANGE BETWEEN 1 PRECEDING AND CURRENT ROW)
      AS own,
    count(*) OVER (PARTITION BY what ORDER BY place RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS anyone
  FROM near
),
crowds AS (
  SELECT deal_no, what,
    CASE WHEN who IS NOT NULL THEN max(own) OVER (
      PARTITION BY what, who ORDER BY place RANGE BETWEEN CURRENT ROW AND 1 FOLLOWING) END AS own,
    max(anyone) OVER (PARTITION BY what ORDER BY place RANGE BETWEEN CURRENT ROW AND 1 FOLLOWING)
      AS anyone
  FROM ending
),
told AS (
  -- A crowd of whom nobody knows who edited it, or without a time of day, may be chance: unknown.
  SELECT s.deal_no, s.what, coalesce(c.own, 1) AS deals,
    CASE WHEN c.deal_no IS NULL OR c.anyone < p.bulk_deals THEN false
      WHEN g.coarse THEN NULL WHEN c.own >= p.bulk_deals THEN true
      WHEN s.named THEN false END AS bulk
  FROM stamps AS s CROSS JOIN traces AS p JOIN grain AS g USING (table_no, what)
  LEFT JOIN crowds AS c ON c.deal_no = s.deal_no AND c.what = s.what
)
SELECT deal_no, bool_or(bulk) FILTER (WHERE what = 'updated') AS updated_bulk,
  bool_or(bulk) FILTER (WHERE what = 'entered') AS entered_bulk,
  bool_or(bulk) AS edited_in_bulk, bool_or(bulk IS NULL) AS untold,
  max(CASE WHEN bulk THEN deals END) AS deals,
  count(*) FILTER (WHERE what = 'updated') AS updates
FROM told GROUP BY deal_no
