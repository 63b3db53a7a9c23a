-- The history as numbers: what the card of a deal said from each day on, by deal and in order.
WITH places AS (
  SELECT deal_no, row_number() OVER (ORDER BY deal_no) - 1 AS place FROM judged
  WHERE status IN ('open', 'won', 'lost')
)
SELECT p.place AS deal, date_diff('day', DATE '1970-01-01', CAST(e.changed_at AS DATE)) AS day,
  CASE WHEN s.status = 'open' AND NOT s.post_sale THEN e.to_no ELSE -1 END AS stage,
  -- What stands in production is sold.
  CASE WHEN s.status = 'won' OR s.post_sale THEN 1 WHEN s.status = 'lost' THEN 2 ELSE 0 END AS status,
  CASE WHEN e.amount > 0 THEN CAST(e.amount AS DOUBLE) END AS amount,
  date_diff('day', DATE '1970-01-01', CAST(e.expected_close AS DATE)) AS planned,
  e.probability
FROM stage_events AS e JOIN places AS p USING (deal_no) JOIN stages AS s ON s.stage_no = e.to_no
CROSS JOIN params AS q
WHERE e.changed_at IS NOT NULL AND CAST(e.changed_at AS DATE) <= q.as_of
ORDER BY p.place, day, coalesce(s.rank, 999), e.line
