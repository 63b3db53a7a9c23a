-- Deals closed since they stood past a limit, by whether they moved within 30 days after it.
WITH
longest AS (
  SELECT deal_no, max(date_diff('day', crossed_at, ended_at)) AS past_limit
  FROM waits WHERE ended_at > crossed_at GROUP BY deal_no
)
SELECT l.past_limit >= 30 AS stood, count(*) AS deals, count(*) FILTER (WHERE d.status = 'won') AS won
FROM longest AS l JOIN judged AS d USING (deal_no)
WHERE d.status IN ('won', 'lost') GROUP BY l.past_limit >= 30 ORDER BY stood
