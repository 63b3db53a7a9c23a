-- Each deal in two exports, one after the other in its own line of sightings.
CREATE TABLE sightings AS
SELECT l.entity, l.how, l.confidence, r.*,
  lag(l.seq) OVER (PARTITION BY l.entity ORDER BY l.seq) AS seq_before,
  lead(l.seq) OVER (PARTITION BY l.entity ORDER BY l.seq) AS seq_after
FROM lineage AS l JOIN rows_seen AS r USING (deal_no);

-- Two exports are compared only in what both of them have.
CREATE TABLE pairs AS
SELECT a.entity, a.series, a.seq, b.seq AS seq_before, b.deal_no AS before_no, a.deal_no AS after_no,
  b.day AS day_before, a.day AS day_after, a.how, a.confidence,
  x.has_status = y.has_status AS status_told,
  b.status AS status_before, a.status AS status_after, a.post_sale,
  -- Without pipelines on one side the stage of that name in the other's pipeline is meant.
  CASE WHEN x.has_pipeline = y.has_pipeline THEN b.stage_no
    ELSE coalesce((SELECT min(m.stage_no) FROM stages AS m WHERE m.stage = b.stage
      AND m.pipeline = trim(coalesce(a.pipeline, ''))), b.stage_no) END AS stage_before,
  a.stage_no AS stage_after, b.stage AS stage_name_before,
  a.stage AS stage_name_after, a.pipeline,
  CASE WHEN b.stage_no IS NULL OR a.stage_no IS NULL THEN NULL
    WHEN x.has_pipeline = y.has_pipeline THEN b.stage_no <> a.stage_no
    ELSE b.stage <> a.stage END AS stage_differs,
  b.amount AS amount_before, a.amount AS amount_after,
  b.currency AS currency_before, a.currency AS currency_after,
  b.owner AS owner_before, a.owner AS owner_after,
  CAST(b.created_at AS TIMESTAMP) AS created_before, CAST(a.created_at AS TIMESTAMP) AS created_after,
  CAST(b.expected_close AS DATE) AS close_before, CAST(a.expected_close AS DATE) AS close_after,
  CAST(b.closed_at AS DATE) AS closed_before, CAST(a.closed_at AS DATE) AS closed_after,
  b.closed_at AS closed_moment_before, a.closed_at AS closed_moment, y.lone_close,
  x.planned_only OR y.planned_only AS planned_only, x.lone_close OR y.lone_close AS one_date,
  a.stage_entered_at, a.updated_at
FROM sightings AS a
JOIN sightings AS b ON b.entity = a.entity AND b.seq = a.seq_before
JOIN exports AS x ON x.series = b.series AND x.seq = b.seq
JOIN exports AS y ON y.series = a.series AND y.seq = a.seq;

-- Stages that changed their name: the old name is in the earlier export only, the new one in the
-- later only, and all deals of the old one, five or more, have the new one.
CREATE TABLE renamed AS
WITH counted AS (
  SELECT series, seq, seq_before, stage_before, stage_after, count(*) AS deals
  FROM pairs WHERE stage_differs GROUP BY ALL
)
SELECT c.* FROM counted AS c
WHERE c.deals >= 5
  AND NOT EXISTS (SELECT 1 FROM sightings AS r WHERE r.series = c.series AND r.seq = c.seq
    AND r.stage_no = c.stage_before)
  AND NOT EXISTS (SELECT 1 FROM sightings AS r WHERE r.series = c.series AND r.seq = c.seq_before
    AND r.stage_no = c.stage_after)
  AND NOT EXISTS (SELECT 1 FROM counted AS o WHERE o.series = c.series AND o.seq = c.seq
    AND o.seq_before = c.seq_before AND o.stage_before = c.stage_before
    AND o.stage_after <> c.stage_after);

ALTER TABLE pairs ADD COLUMN moved BOOLEAN;
UPDATE pairs SET moved = stage_differs AND NOT EXISTS (
  SELECT 1 FROM renamed AS r WHERE r.series = pairs.series AND r.seq = pairs.seq
    AND r.seq_before = pairs.seq_before AND r.stage_before = pairs.stage_before
    AND r.stage_after = pairs.stage_after);

-- Deals of one export that the next one lacks.
CREATE TABLE gone AS
SELECT s.*, x.seq + 1 AS seq_gone, y.day AS day_gone,
  s.status IN ('won', 'lost') AS was_closed,
  s.deal_no IN (SELECT deal_no FROM unsure) AS not_sure
FROM sightings AS s
JOIN exports AS x ON x.series = s.series AND x.seq = s.seq
JOIN exports AS y ON y.series = s.series AND y.seq = s.seq + 1
WHERE s.seq_after IS NULL OR s.seq_after > s.seq + 1;

-- Deals that an export is the first one to show.
CREATE TABLE arrived AS
SELECT s.*, x.day AS day_before, x.table_no AS table_before,
  s.deal_no IN (SELECT deal_no FROM unsure) AS not_sure
FROM sightings AS s JOIN exports AS x ON x.series = s.series AND x.seq = s.seq - 1
WHERE s.seq_before IS NULL
