-- Deals as numbers for the forecast: days count from 1970, NULL is unknown or empty.
SELECT CASE d.status WHEN 'won' THEN 1 WHEN 'lost' THEN 2 ELSE 0 END AS status,
  date_diff('day', DATE '1970-01-01', d.created_at) AS created,
  CASE WHEN d.status IN ('won', 'lost') THEN date_diff('day', DATE '1970-01-01', d.closed_at)
    END AS closed,
  CAST(d.amount AS DOUBLE) AS amount,
  dense_rank() OVER (ORDER BY d.currency) - 1 AS currency,
  date_diff('day', DATE '1970-01-01', d.close_date) AS planned,
  d.probability, d.deal_no
FROM judged AS d
WHERE d.status IN ('open', 'won', 'lost')
ORDER BY d.deal_no
