-- What was recorded of the deals that are open or were closed in the window, and how much of it in life.
CREATE TABLE life AS
WITH
alive AS (
  SELECT j.deal_no, j.path_on_closing_day, j.owner FROM judged AS j CROSS JOIN params AS p
  WHERE j.is_open OR (j.status IN ('won', 'lost') AND j.closed_at BETWEEN p.window_start AND p.as_of)
),
cards AS (
  -- The creation of a card can be checked where something dates the deal as signed or decided.
  SELECT a.deal_no, 'cards' AS part, 1 AS events, CASE WHEN l.late THEN 1 ELSE 0 END AS late,
    CASE WHEN l.late IS NULL THEN 1 ELSE 0 END AS unknown
  FROM alive AS a JOIN late_cards AS l USING (deal_no) WHERE l.signed IS NOT NULL
),
moved AS (
  SELECT m.deal_no, 'moves' AS part, count(*) AS events,
    sum(CASE WHEN a.path_on_closing_day OR m.bulk OR m.same_day THEN 1 ELSE 0 END) AS late,
    sum(CASE WHEN coalesce(a.path_on_closing_day, false) OR coalesce(m.bulk, false) OR m.same_day THEN 0
      WHEN m.bulk IS NULL OR w.who IS NOT NULL THEN 1 ELSE 0 END) AS unknown
  FROM moves AS m JOIN alive AS a USING (deal_no)
  LEFT JOIN meeting_days AS w ON w.who = coalesce(m.changed_by, a.owner)
    AND w.weekday = isodow(m.moment)
  GROUP BY m.deal_no
),
edits AS (
  SELECT b.deal_no, 'edits' AS part, 1 AS events, CASE WHEN b.updated_bulk THEN 1 ELSE 0 END AS late,
    CASE WHEN b.updated_bulk THEN 0 WHEN b.updated_bulk IS NULL OR w.who IS NOT NULL THEN 1 ELSE 0
      END AS unknown
  FROM bulk_edits AS b JOIN alive AS a USING (deal_no) JOIN deals AS d USING (deal_no)
  LEFT JOIN meeting_days AS w ON w.who = coalesce(d.updated_by, d.owner)
    AND w.weekday = isodow(d.updated_at)
  WHERE b.updates > 0
),
records AS (
  SELECT r.deal_no, 'activities' AS part, r.checked AS events, r.late AS late, 0 AS unknown
  FROM late_records AS r JOIN alive AS a USING (deal_no)
)
SELECT * FROM cards UNION ALL SELECT * FROM moved UNION ALL SELECT * FROM edits
UNION ALL SELECT * FROM records
