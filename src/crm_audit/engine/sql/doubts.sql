-- Signs that two exports were made with different filters: what the difference explains is no change.
CREATE TABLE doubts (
  series INTEGER, seq INTEGER, reason VARCHAR, value VARCHAR, deals BIGINT);

-- A pipeline that the later export lacks altogether.
INSERT INTO doubts
SELECT g.series, g.seq_gone, 'pipeline', g.pipeline, count(*)
FROM gone AS g JOIN exports AS y ON y.series = g.series AND y.seq = g.seq_gone
WHERE y.has_pipeline AND g.pipeline IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM sightings AS r WHERE r.series = g.series AND r.seq = g.seq_gone
    AND trim(r.pipeline) = trim(g.pipeline))
GROUP BY ALL;

CREATE TABLE gone_rest AS
SELECT g.* FROM gone AS g WHERE NOT EXISTS (SELECT 1 FROM doubts AS d
  WHERE d.series = g.series AND d.seq = g.seq_gone AND trim(d.value) = trim(g.pipeline));

INSERT INTO doubts
WITH
held AS (
  -- What the later export holds of closed deals.
  SELECT series, seq, count(*) FILTER (WHERE status = 'won') AS won,
    count(*) FILTER (WHERE status = 'lost') AS lost, min(CAST(created_at AS DATE)) AS oldest,
    min(CASE WHEN status IN ('won', 'lost') THEN CAST(closed_at AS DATE) END) AS oldest_closed
  FROM sightings GROUP BY series, seq
),
before AS (
  SELECT g.series, g.seq, g.seq + 1 AS seq_gone, count(*) AS deals,
    count(*) FILTER (WHERE coalesce(g.status, 'open') NOT IN ('won', 'lost')) AS open_deals,
    min(CAST(g.created_at AS DATE)) AS oldest,
    min(CASE WHEN g.status IN ('won', 'lost') THEN CAST(g.closed_at AS DATE) END) AS oldest_closed
  FROM sightings AS g GROUP BY g.series, g.seq
),
lost_values AS (
  SELECT 'owner' AS reason, g.series, g.seq_gone, g.owner AS value, count(*) AS deals
  FROM gone_rest AS g
  WHERE g.owner IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM sightings AS r WHERE r.series = g.series AND r.seq = g.seq_gone
      AND lower(trim(r.owner)) = lower(trim(g.owner)))
    AND NOT EXISTS (SELECT 1 FROM pairs AS q WHERE q.series = g.series AND q.seq = g.seq_gone
      AND lower(trim(q.owner_before)) = lower(trim(g.owner)))
    AND EXISTS (SELECT 1 FROM sightings AS r WHERE r.series = g.series AND r.seq = g.seq_gone
      AND r.owner_filled)
  GROUP BY ALL HAVING count(*) >= 5
  UNION ALL
  SELECT 'stage', g.series, g.seq_gone, g.stage, count(*) FROM gone_rest AS g
  WHERE g.stage_no IS NOT NULL AND coalesce(g.status, 'open') NOT IN ('won', 'lost') AND NOT EXISTS (
    SELECT 1 FROM sightings AS r WHERE r.series = g.series AND r.seq = g.seq_gone
      AND r.stage_no = g.stage_no)
    AND NOT EXISTS (SELECT 1 FROM pairs AS q WHERE q.series = g.series AND q.seq = g.seq_gone
      AND q.stage_before = g.stage_no)
  GROUP BY ALL HAVING count(*) >= 5
)
SELECT series, seq_gone, reason, value, deals FROM lost_values
UNION ALL
-- No closed deals at all; or none won, or none lost, where such deals left: deals that ended are
-- not in the export.
SELECT h.series, h.seq, CASE WHEN h.won + h.lost = 0 THEN 'no_closed'
    WHEN h.won = 0 AND bool_or(g.status = 'won') THEN 'no_won' ELSE 'no_lost' END, NULL, count(*)
FROM held AS h JOIN gone_rest AS g ON g.series = h.series AND g.seq_gone = h.seq
GROUP BY h.series, h.seq, h.won, h.lost
HAVING h.won + h.lost = 0 OR (h.won = 0 AND bool_or(g.status = 'won'))
  OR (h.lost = 0 AND bool_or(g.status = 'lost'))
UNION ALL
-- Everything created before a day is gone: a filter by day of creation.
SELECT h.series, h.seq, 'created', CAST(h.oldest AS VARCHAR), count(*)
FROM held AS h JOIN before AS b ON b.series = h.series AND b.seq_gone = h.seq
JOIN gone_rest AS g ON g.series = h.series AND g.seq_gone = h.seq
WHERE h.oldest > b.oldest AND CAST(g.created_at AS DATE) < h.oldest
GROUP BY ALL HAVING count(*) >= 5
UNION ALL
-- Every deal closed before a day is gone: a window of closing dates.
SELECT h.series, h.seq, 'closed', CAST(h.oldest_closed AS VARCHAR), count(*)
FROM held AS h JOIN before AS b ON b.series = h.series AND b.seq_gone = h.seq
JOIN gone_rest AS g ON g.series = h.series AND g.seq_gone = h.seq
WHERE h.oldest_closed > b.oldest_closed AND g.was_closed
  AND CAST(g.closed_at AS DATE) < h.oldest_closed
GROUP BY ALL HAVING count(*) >= 3
UNION ALL
-- More open deals are gone than stayed, or more closed ones.
SELECT b.series, b.seq_gone, 'most_open', NULL, count(*)
FROM before AS b JOIN gone_rest AS g ON g.series = b.series AND g.seq_gone = b.seq_gone
CROSS JOIN compare_params AS p
WHERE NOT coalesce(g.was_closed, false)
GROUP BY b.series, b.seq_gone, b.open_deals, p.filter_share
HAVING count(*) > p.filter_share * b.open_deals AND count(*) >= 3
UNION ALL
SELECT b.series, b.seq_gone, 'most_closed', NULL, count(*)
FROM before AS b JOIN gone_rest AS g ON g.series = b.series AND g.seq_gone = b.seq_gone
CROSS JOIN compare_params AS p
WHERE g.was_closed
GROUP BY b.series, b.seq_gone, b.deals, b.open_deals, p.filter_share
HAVING count(*) > p.filter_share * (b.deals - b.open_deals) AND count(*) >= 3
UNION ALL
-- The earlier export was the narrower one: many deals are new and yet older than it.
SELECT a.series, a.seq, 'narrower', NULL, count(*)
FROM arrived AS a CROSS JOIN compare_params AS p
WHERE CAST(a.created_at AS DATE) < a.day_before
GROUP BY a.series, a.seq, p.filter_share
HAVING count(*) >= 3 AND count(*) > p.filter_share * (SELECT count(*) FROM sightings AS s
  WHERE s.series = a.series AND s.seq = a.seq)
UNION ALL
-- Nearly every owner, or day of creation, reads otherwise: another column or form, not a change.
SELECT series, seq, 'owners', NULL, count(*) FROM pairs
WHERE lower(trim(owner_before)) <> lower(trim(owner_after))
GROUP BY series, seq
HAVING count(*) >= 5 AND count(*) > 0.9 * (SELECT count(*) FROM pairs AS q
  WHERE q.series = pairs.series AND q.seq = pairs.seq AND q.owner_before IS NOT NULL
    AND q.owner_after IS NOT NULL)
UNION ALL
SELECT series, seq, 'creations', NULL, count(*) FROM pairs CROSS JOIN compare_params AS p
WHERE abs(epoch(created_after) - epoch(created_before)) > p.clock_hours * 3600
GROUP BY series, seq, p.filter_share
HAVING count(*) >= 3 AND count(*) > p.filter_share * (SELECT count(*) FROM pairs AS q
  WHERE q.series = pairs.series AND q.seq = pairs.seq AND q.created_before IS NOT NULL
    AND q.created_after IS NOT NULL)
UNION ALL
SELECT series, seq, 'closings', NULL, count(*) FROM pairs CROSS JOIN compare_params AS p
WHERE status_before IN ('won', 'lost') AND status_after = status_before
  AND abs(epoch(closed_moment) - epoch(closed_moment_before)) > p.clock_hours * 3600
GROUP BY series, seq, p.filter_share
HAVING count(*) >= 3 AND count(*) > p.filter_share * (SELECT count(*) FROM pairs AS q
  WHERE q.series = pairs.series AND q.seq = pairs.seq AND q.closed_moment IS NOT NULL
    AND q.closed_moment_before IS NOT NULL AND q.status_after = q.status_before);

-- Which gone deals are explained by a filter, and which may only have been closed.
ALTER TABLE gone ADD COLUMN fate VARCHAR;
UPDATE gone SET fate = CASE
  WHEN not_sure THEN 'unsure'
  WHEN EXISTS (SELECT 1 FROM doubts AS d WHERE d.series = gone.series AND d.seq = gone.seq_gone
      AND ((d.reason = 'pipeline' AND trim(d.value) = trim(gone.pipeline))
        OR (d.reason = 'owner' AND lower(trim(d.value)) = lower(trim(gone.owner)))
        OR (d.reason = 'stage' AND d.value = gone.stage AND NOT coalesce(gone.was_closed, false))
        OR (d.reason = 'created' AND CAST(gone.created_at AS DATE) < CAST(d.value AS DATE))
        OR (d.reason = 'closed' AND gone.was_closed
          AND CAST(gone.closed_at AS DATE) < CAST(d.value AS DATE))
        OR (d.reason = 'most_open' AND NOT coalesce(gone.was_closed, false))
        OR (d.reason = 'most_closed' AND gone.was_closed)
        OR (d.reason = 'no_closed' AND gone.was_closed)
        OR (d.reason = 'no_won' AND gone.status = 'won')
        OR (d.reason = 'no_lost' AND gone.status = 'lost'))) THEN 'filtered'
  WHEN EXISTS (SELECT 1 FROM doubts AS d WHERE d.series = gone.series AND d.seq = gone.seq_gone
      AND d.reason IN ('no_closed', 'no_won', 'no_lost'))
    AND NOT coalesce(gone.was_closed, false) THEN 'left'
  ELSE 'vanished' END
