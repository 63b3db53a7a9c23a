-- Deals with anything written down after the fact, largest amounts first.
WITH late AS (
  SELECT deal_no, CAST(sum(events) AS BIGINT) AS events, CAST(sum(late) AS BIGINT) AS late,
    CAST(sum(unknown) AS BIGINT) AS unknown
  FROM life GROUP BY deal_no HAVING sum(late) > 0
)
SELECT f.deal_id, f.deal_name, f.owner, l.events, l.late, l.unknown, f.table_no, f.line
FROM late AS l JOIN judged AS f USING (deal_no)
ORDER BY f.amount DESC NULLS LAST, f.deal_key
