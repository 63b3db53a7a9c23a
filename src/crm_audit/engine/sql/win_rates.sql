-- Closed deals by the stages that their history shows, and how many of them were won.
WITH
passed AS (
  -- Of deals without a history of their own a comparison of exports shows the movers only.
  SELECT deal_no, unnest([to_no, unseen_no]) AS stage_no FROM history
  WHERE deal_no NOT IN (SELECT deal_no FROM watched)
),
closed AS (
  SELECT DISTINCT p.deal_no, p.stage_no, s.pipeline, s.stage, s.rank, j.status = 'won' AS is_won
  FROM passed AS p JOIN stages AS s USING (stage_no) JOIN judged AS j USING (deal_no)
  WHERE s.rank IS NOT NULL AND NOT s.post_sale AND j.status IN ('won', 'lost')
)
SELECT pipeline, stage, rank AS "order", count(*) AS closed,
  count(*) FILTER (WHERE is_won) AS won,
  (SELECT count(DISTINCT deal_no) FROM closed) AS all_closed,
  (SELECT count(DISTINCT deal_no) FROM closed WHERE is_won) AS all_won
FROM closed GROUP BY pipeline, stage, rank ORDER BY pipeline, rank, stage
