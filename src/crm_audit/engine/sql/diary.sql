-- Edits by the user who made them, else by the owner of the deal, by day. Programs keep no diary.
CREATE TABLE edit_days AS
WITH
edits AS (
  SELECT coalesce(d.updated_by, d.owner) AS who, CAST(d.updated_at AS DATE) AS day
  FROM deals AS d CROSS JOIN traces AS p WHERE d.updated_at IS NOT NULL
    AND coalesce(abs(epoch(d.updated_at) - epoch(d.created_at)) > p.creation_seconds, true)
  UNION ALL
  SELECT coalesce(h.changed_by, d.owner), CAST(h.moment AS DATE)
  FROM history AS h JOIN deals AS d USING (deal_no) WHERE NOT h.is_first
  UNION ALL
  SELECT d.owner, CAST(a.created_at AS DATE)
  FROM activities AS a JOIN deals AS d USING (deal_no) WHERE a.created_at IS NOT NULL
)
SELECT who, day, isodow(day) AS weekday, count(*) AS n FROM edits
WHERE who IS NOT NULL AND lower(who) NOT IN (SELECT word FROM robots)
GROUP BY who, day;

-- Each user's edits by weekday, his busiest date left out: one bulk edit makes no habit.
CREATE TABLE edit_weekdays AS
WITH
busiest AS (
  SELECT who, max(n) AS n FROM edit_days GROUP BY who
),
left_in AS (
  SELECT e.who, e.weekday, e.n,
    row_number() OVER (PARTITION BY e.who ORDER BY e.n DESC, e.day) AS place
  FROM edit_days AS e JOIN busiest AS b USING (who)
)
SELECT who, weekday, sum(n) AS edits, count(*) AS days FROM left_in WHERE place > 1
GROUP BY who, weekday;

-- Users whose edits stand on one weekday; filled by what the test of chance says.
CREATE TABLE meeting_days (who VARCHAR, weekday INTEGER);

-- Planned dates of open deals that fall on the last or the first of a month, or on the 15th.
CREATE TABLE planned_dates AS
SELECT d.deal_no, d.owner,
  CASE WHEN month(day + 1) <> month(day) AND month(day) % 3 = 0 THEN 'quarter_end'
    WHEN month(day + 1) <> month(day) THEN 'month_end' WHEN day(day) = 1 THEN 'first'
    WHEN day(day) = 15 THEN 'fifteenth' ELSE 'other' END AS place
FROM (SELECT f.deal_no, f.owner, f.close_date AS day FROM judged AS f
  WHERE f.is_open AND f.close_date IS NOT NULL) AS d
