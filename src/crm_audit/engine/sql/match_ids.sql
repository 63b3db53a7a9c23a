-- Deals known from before this export: each as it was seen last.
CREATE OR REPLACE TABLE pool AS
WITH last_seen AS (
  SELECT l.entity, r.*, row_number() OVER (PARTITION BY l.entity ORDER BY l.seq DESC) AS back
  FROM lineage AS l JOIN rows_seen AS r USING (deal_no) CROSS JOIN step AS t
  WHERE l.series = t.series AND l.seq < t.seq
)
SELECT * FROM last_seen WHERE back = 1;

CREATE OR REPLACE TABLE arrivals AS
SELECT r.* FROM rows_seen AS r CROSS JOIN step AS t WHERE r.series = t.series AND r.seq = t.seq;

-- By id, where the ids of the two exports are the same ones.
INSERT INTO lineage
SELECT p.entity, a.series, a.seq, a.deal_no, 'id', 1.0
FROM arrivals AS a JOIN pool AS p ON p.deal_id = a.deal_id AND p.place = a.place
CROSS JOIN step AS t
WHERE t.by_id AND a.deal_id <> '';

-- What is left, of the export just before and of this one.
CREATE OR REPLACE TABLE left_before AS
SELECT p.* FROM pool AS p CROSS JOIN step AS t
WHERE p.seq = t.seq - 1 AND p.entity NOT IN (
  SELECT entity FROM lineage AS l WHERE l.series = t.series AND l.seq = t.seq);
CREATE OR REPLACE TABLE left_after AS
SELECT a.* FROM arrivals AS a CROSS JOIN step AS t
WHERE a.deal_no NOT IN (
  SELECT deal_no FROM lineage AS l WHERE l.series = t.series AND l.seq = t.seq)
