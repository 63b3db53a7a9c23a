-- Each open stage: deals that reached it and what became of them, their days, moves back and over it.
WITH
reached AS (
  SELECT v.stage_no, count(*) AS reached,
    count(*) FILTER (WHERE f.rank > s.rank) AS went_on,
    count(*) FILTER (WHERE f.rank = s.rank AND f.status = 'lost') AS lost,
    count(*) FILTER (WHERE f.rank = s.rank AND f.status = 'open') AS still_open,
    count(v.days) AS stays, quantile_cont(v.days, 0.5) AS median_days,
    quantile_cont(v.days, 0.9) AS p90_days
  FROM visits AS v JOIN furthest AS f USING (deal_no) JOIN stages AS s USING (stage_no)
  WHERE s.rank IS NOT NULL GROUP BY v.stage_no
),
standing AS (
  -- Open deals as they stand on the day: what they have waited so far is no completed stay.
  SELECT d.stage_no, count(*) AS standing,
    quantile_cont(date_diff('day', CAST(coalesce(v.entered_at, d.stage_entered_at) AS DATE), p.as_of),
      0.5) AS standing_days
  FROM deals AS d CROSS JOIN params AS p
  LEFT JOIN visits AS v ON v.deal_no = d.deal_no AND v.stage_no = d.stage_no
  WHERE d.status = 'open' GROUP BY d.stage_no
),
lost_here AS (
  -- A lost deal that keeps its stage says where it was lost, with or without a history.
  SELECT stage_no, count(*) AS lost_here FROM deals WHERE status = 'lost' GROUP BY stage_no
),
losses AS (
  -- Where every lost deal moved to a stage of the lost, the stage of the loss is not known.
  SELECT s.pipeline, bool_or(s.rank IS NOT NULL) AS told
  FROM deals AS d JOIN stages AS s USING (stage_no) WHERE d.status = 'lost' GROUP BY s.pipeline
),
stageless AS (
  SELECT count(*) > 0 AS lost FROM deals WHERE status = 'lost' AND stage_no IS NULL
),
back AS (
  SELECT from_no AS stage_no, sum(n) AS rollbacks FROM steps_between WHERE kind = 'back'
  GROUP BY from_no
),
over AS (
  SELECT s.stage_no, sum(b.n) AS skips FROM stages AS s JOIN steps_between AS b
    ON b.pipeline = s.pipeline AND b.kind IN ('forward', 'won')
    AND s.rank > b.from_rank AND s.rank < b.to_rank
  GROUP BY s.stage_no
)
SELECT s.pipeline, s.stage, s.rank AS "order", coalesce(r.reached, 0) AS reached,
  coalesce(r.went_on, 0) AS went_on, coalesce(r.lost, 0) AS lost,
  coalesce(r.still_open, 0) AS open, coalesce(r.stays, 0) AS stays, r.median_days, r.p90_days,
  coalesce(b.rollbacks, 0) AS rollbacks, coalesce(o.skips, 0) AS skips,
  coalesce(t.standing, 0) AS standing, t.standing_days,
  CASE WHEN coalesce(k.told, NOT n.lost) THEN coalesce(l.lost_here, 0) END AS lost_here
FROM stages AS s
LEFT JOIN reached AS r USING (stage_no) LEFT JOIN standing AS t USING (stage_no)
LEFT JOIN back AS b USING (stage_no) LEFT JOIN over AS o USING (stage_no)
LEFT JOIN lost_here AS l USING (stage_no)
CROSS JOIN stageless AS n LEFT JOIN losses AS k ON k.pipeline IS NOT DISTINCT FROM s.pipeline
WHERE s.rank IS NOT NULL ORDER BY s.pipeline, s.rank;

-- Each pipeline: its deals with a history by how they ended, those without one, and its moves.
WITH
held AS (
  SELECT trim(coalesce(d.pipeline, '')) AS pipeline, count(f.deal_no) AS deals,
    count(f.deal_no) FILTER (WHERE d.status = 'won') AS won,
    count(f.deal_no) FILTER (WHERE d.status = 'lost') AS lost,
    count(f.deal_no) FILTER (WHERE d.status = 'open') AS open,
    count(*) FILTER (WHERE f.deal_no IS NULL) AS without_history
  FROM deals AS d LEFT JOIN furthest AS f USING (deal_no) GROUP BY 1
),
moved AS (
  SELECT pipeline, sum(n) FILTER (WHERE kind IN ('forward', 'back', 'won')) AS moves,
    sum(n) FILTER (WHERE kind = 'back') AS rollbacks,
    sum(n) FILTER (WHERE kind IN ('forward', 'won') AND to_rank - from_rank > 1) AS skips
  FROM steps_between GROUP BY pipeline
)
SELECT h.*, coalesce(m.moves, 0) AS moves, coalesce(m.rollbacks, 0) AS rollbacks,
  coalesce(m.skips, 0) AS skips
FROM held AS h LEFT JOIN moved AS m USING (pipeline) ORDER BY h.pipeline;

-- From stage to stage by owner: who owns a deal is no grade of the person.
SELECT owner, pipeline, from_stage, from_rank AS from_order, to_stage, to_order, kind,
  sum(n) AS moves
FROM steps_between GROUP BY owner, pipeline, from_stage, from_rank, to_stage, to_order, to_rank, kind
ORDER BY pipeline, owner NULLS LAST, from_rank NULLS LAST, from_stage, to_rank NULLS LAST, to_stage;

SELECT pipeline, from_stage, from_rank AS from_order, to_stage, to_order, kind, sum(n) AS moves
FROM steps_between GROUP BY pipeline, from_stage, from_rank, to_stage, to_order, to_rank, kind
ORDER BY pipeline, from_rank NULLS LAST, from_stage, to_rank NULLS LAST, to_stage
