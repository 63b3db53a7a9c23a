-- Name, client and day of creation the same, and no other deal has them: no comparing is needed.
INSERT INTO lineage
WITH
before_keys AS (
  SELECT min(entity) AS entity, name_key, company_key, CAST(created_at AS DATE) AS day,
    min(amount) AS amount
  FROM left_before WHERE name_key <> '' AND created_at IS NOT NULL GROUP BY ALL
  HAVING count(*) = 1
),
after_keys AS (
  SELECT min(deal_no) AS deal_no, min(series) AS series, min(seq) AS seq, name_key, company_key,
    CAST(created_at AS DATE) AS day, min(amount) AS amount
  FROM left_after WHERE name_key <> '' AND created_at IS NOT NULL GROUP BY ALL
  HAVING count(*) = 1
)
SELECT b.entity, a.series, a.seq, a.deal_no, 'alike',
  CASE WHEN a.amount <> b.amount THEN 0.95 ELSE 1.0 END
FROM after_keys AS a JOIN before_keys AS b ON b.name_key = a.name_key AND b.day = a.day
  AND b.company_key IS NOT DISTINCT FROM a.company_key;
DELETE FROM left_before WHERE entity IN (
  SELECT l.entity FROM lineage AS l JOIN step AS t ON l.series = t.series AND l.seq = t.seq);
DELETE FROM left_after WHERE deal_no IN (
  SELECT l.deal_no FROM lineage AS l JOIN step AS t ON l.series = t.series AND l.seq = t.seq);

-- With ids on both sides a row that has an id of its own is compared no further.
DELETE FROM left_before USING step AS t WHERE t.by_id AND deal_id <> ''
  AND NOT EXISTS (SELECT 1 FROM left_after WHERE deal_id = '');
DELETE FROM left_after USING step AS t WHERE t.by_id AND deal_id <> ''
  AND NOT EXISTS (SELECT 1 FROM left_before WHERE deal_id = '');

-- Blocks: only deals that share a client, a name, or two lesser things are compared at all.
CREATE OR REPLACE TABLE blocks_before AS
SELECT entity AS k, 'c' || company_key AS block FROM left_before WHERE company_key <> ''
UNION ALL SELECT entity, 'n' || name_key FROM left_before WHERE name_key <> ''
UNION ALL SELECT entity, 'd' || split_part(name_key, ' ', 1) || CAST(CAST(created_at AS DATE) AS VARCHAR)
  FROM left_before WHERE name_key <> '' AND created_at IS NOT NULL
UNION ALL SELECT entity, 'a' || split_part(name_key, ' ', 1) || CAST(amount AS VARCHAR)
  FROM left_before WHERE name_key <> '' AND amount <> 0
UNION ALL SELECT entity, 'm' || CAST(CAST(created_at AS DATE) AS VARCHAR) || '|' || CAST(amount AS VARCHAR)
  FROM left_before WHERE created_at IS NOT NULL AND amount <> 0;
CREATE OR REPLACE TABLE blocks_after AS
SELECT deal_no AS k, 'c' || company_key AS block FROM left_after WHERE company_key <> ''
UNION ALL SELECT deal_no, 'n' || name_key FROM left_after WHERE name_key <> ''
UNION ALL SELECT deal_no, 'd' || split_part(name_key, ' ', 1) || CAST(CAST(created_at AS DATE) AS VARCHAR)
  FROM left_after WHERE name_key <> '' AND created_at IS NOT NULL
UNION ALL SELECT deal_no, 'a' || split_part(name_key, ' ', 1) || CAST(amount AS VARCHAR)
  FROM left_after WHERE name_key <> '' AND amount <> 0
UNION ALL SELECT deal_no, 'm' || CAST(CAST(created_at AS DATE) AS VARCHAR) || '|' || CAST(amount AS VARCHAR)
  FROM left_after WHERE created_at IS NOT NULL AND amount <> 0;

-- Blocks too large to compare pair by pair: their rows are matched by a smaller block or not at all.
CREATE OR REPLACE TABLE block_sizes AS
SELECT b.block, b.n * a.n <= 2500 AS small
FROM (SELECT block, count(*) AS n FROM blocks_before GROUP BY block) AS b
JOIN (SELECT block, count(*) AS n FROM blocks_after GROUP BY block) AS a USING (block);

CREATE OR REPLACE TABLE candidates AS
SELECT DISTINCT b.k AS entity, a.k AS deal_no
FROM blocks_before AS b JOIN block_sizes AS s USING (block) JOIN blocks_after AS a USING (block)
JOIN left_before AS lb ON lb.entity = b.k JOIN left_after AS la ON la.deal_no = a.k
CROSS JOIN step AS t
WHERE s.small AND NOT (t.by_id AND lb.deal_id <> '' AND la.deal_id <> '')
