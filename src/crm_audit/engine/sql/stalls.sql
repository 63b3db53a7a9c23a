-- Days (working days by a calendar) since the last progress against the limit of the stage.
CREATE TABLE stalls AS
WITH ways AS (
  -- From the basis of this export downwards, then upwards: a deal with any date has an answer.
  SELECT g.deal_no,
    [CASE WHEN g.stage_at IS NOT NULL OR g.client_at IS NOT NULL OR g.decision_at IS NOT NULL
       THEN greatest(g.stage_at, g.client_at, g.decision_at) END,
     CASE WHEN g.touch_at IS NOT NULL THEN greatest(g.touch_at, g.decision_at, g.seen_at)
       ELSE g.decision_at END,
     CASE WHEN g.updated_at IS NOT NULL THEN greatest(g.updated_at, g.decision_at, g.seen_at)
       ELSE g.decision_at END,
     greatest(g.created_at, g.seen_at)] AS moment,
    g.seen_at, g.stage_at, g.decision_at, g.client_at, p.basis AS basis
  FROM progress AS g CROSS JOIN params AS p
),
chosen AS (
  SELECT w.*, CASE
    WHEN w.basis <= 1 AND w.moment[1] IS NOT NULL THEN 1
    WHEN w.basis <= 2 AND w.moment[2] IS NOT NULL THEN 2
    WHEN w.basis <= 3 AND w.moment[3] IS NOT NULL THEN 3
    WHEN w.moment[4] IS NOT NULL THEN 4
    WHEN w.moment[3] IS NOT NULL THEN 3
    WHEN w.moment[2] IS NOT NULL THEN 2
    WHEN w.moment[1] IS NOT NULL THEN 1 END AS way
  FROM ways AS w
),
timed AS (
  SELECT c.deal_no, c.moment[c.way] AS progress_at,
    CASE WHEN c.moment[c.way] = c.decision_at THEN 'decision'
      WHEN c.moment[c.way] = c.seen_at THEN 'stage_event'
      WHEN c.way = 1 AND c.moment[1] = c.stage_at THEN 'stage_event'
      WHEN c.way = 1 THEN 'activity'
      WHEN c.way = 2 THEN 'last_activity'
      WHEN c.way = 3 THEN 'updated'
      WHEN c.way = 4 THEN 'created' END AS progress_basis,
    coalesce(e.number - b.number, date_diff('day', CAST(c.moment[c.way] AS DATE), p.as_of)) AS days,
    b.number AS progress_number
  FROM chosen AS c CROSS JOIN params AS p
  LEFT JOIN calendar AS b ON b.day = CAST(c.moment[c.way] AS DATE)
  LEFT JOIN calendar AS e ON e.day = p.as_of
)
SELECT t.deal_no, t.progress_at, t.progress_basis, t.days, l.limit_days,
  CASE WHEN t.progress_number IS NULL
    THEN CAST(t.progress_at AS DATE) + CAST(ceil(l.limit_days) AS INTEGER) ELSE f.day
    END AS crossed_on,
  -- A wait with its own date ahead is not a stall until that date passes.
  coalesce(CAST(d.next_decision_at AS DATE) >= p.as_of, false)
    OR coalesce((s.kind = 'client_commitment' OR d.client_commitment_filled)
      AND s.step_date >= p.as_of, false) AS waits,
  t.days > l.limit_days AND NOT (
    coalesce(CAST(d.next_decision_at AS DATE) >= p.as_of, false)
    OR coalesce((s.kind = 'client_commitment' OR d.client_commitment_filled)
      AND s.step_date >= p.as_of, false)) AS stalled
FROM timed AS t CROSS JOIN params AS p JOIN open_deals AS d USING (deal_no)
LEFT JOIN deal_steps AS s USING (deal_no)
JOIN stage_limits AS l ON l.stage_no = coalesce(d.stage_no, -1)
LEFT JOIN workday_firsts AS f ON f.number = t.progress_number + CAST(ceil(l.limit_days) AS INTEGER)
