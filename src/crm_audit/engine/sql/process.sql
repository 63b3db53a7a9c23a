-- The stages that each deal was in, with the days from entering to leaving, repeated stays added up.
CREATE TABLE visits AS
WITH recorded AS (
  -- Deals with a history of their own: of others a comparison of exports shows the movers only.
  SELECT * FROM history WHERE deal_no NOT IN (SELECT deal_no FROM watched)
),
blurred AS (
  -- A move known by two exports alone measures their distance, not the stay.
  SELECT DISTINCT deal_no FROM history WHERE seen = 'move' AND since < moment
),
stays AS (
  SELECT h.deal_no, h.to_no AS stage_no, h.moment AS entered_at,
    coalesce(h.next_at, h.left_at, CASE WHEN d.status IN ('won', 'lost') THEN d.closed_at END)
      AS left_at
  FROM recorded AS h JOIN deals AS d USING (deal_no)
  UNION ALL
  -- Of a stage that no row enters only the first can be timed: the deal was created in it.
  SELECT h.deal_no, h.unseen_no, CASE WHEN h.is_first THEN d.created_at END, h.moment
  FROM recorded AS h JOIN deals AS d USING (deal_no) WHERE h.unseen_no IS NOT NULL
),
timed AS (
  SELECT deal_no, stage_no, entered_at, entered_at IS NOT NULL AND left_at IS NULL AS stands,
    CASE WHEN left_at >= entered_at AND deal_no NOT IN (SELECT deal_no FROM blurred)
      THEN date_diff('second', entered_at, left_at) / 86400.0 END AS days
  FROM stays
)
SELECT deal_no, stage_no, max(entered_at) AS entered_at,
  CASE WHEN NOT bool_or(stands) THEN sum(days) END AS days
FROM timed GROUP BY deal_no, stage_no;

-- How far each deal of the history came: the place of its furthest open stage, 999 beyond them all.
CREATE TABLE furthest AS
WITH places AS (
  SELECT v.deal_no,
    max(CASE WHEN s.status = 'won' OR s.post_sale THEN 999 ELSE s.rank END) AS rank
  FROM visits AS v JOIN stages AS s USING (stage_no) GROUP BY v.deal_no
)
SELECT p.deal_no, d.status, d.owner, CASE WHEN d.status = 'won' THEN 999 ELSE p.rank END AS rank
FROM places AS p JOIN deals AS d USING (deal_no);

-- Changes of stage by owner of the deal; moves between open stages have a direction.
CREATE TABLE transitions AS
SELECT f.owner, h.from_no, h.to_no, count(*) AS n
FROM history AS h JOIN furthest AS f USING (deal_no)
WHERE h.from_no <> h.to_no GROUP BY ALL;

-- The same with names and places; won follows the last open stage.
CREATE VIEW steps_between AS
WITH depth AS (
  SELECT pipeline, max(rank) AS ranks FROM stages GROUP BY pipeline
)
SELECT t.owner, t.n, a.pipeline, a.stage AS from_stage, b.stage AS to_stage, a.rank AS from_rank,
  b.rank AS to_order, CASE WHEN b.status = 'won' THEN w.ranks + 1 ELSE b.rank END AS to_rank,
  t.from_no,
  CASE WHEN b.status = 'won' AND a.rank IS NOT NULL THEN 'won'
    WHEN b.status = 'lost' AND a.rank IS NOT NULL THEN 'lost'
    WHEN b.rank > a.rank THEN 'forward' WHEN b.rank < a.rank THEN 'back'
    WHEN a.status IN ('won', 'lost') AND b.rank IS NOT NULL THEN 'reopened' ELSE 'other' END AS kind
FROM transitions AS t
JOIN stages AS a ON a.stage_no = t.from_no JOIN stages AS b ON b.stage_no = t.to_no
JOIN depth AS w ON w.pipeline = a.pipeline
