-- Deals that an import made: many created within a minute; by the day where no time of day is known.
CREATE TABLE imported AS
WITH
made AS (
  SELECT deal_no, created_at FROM deals WHERE created_at IS NOT NULL
),
grain AS (
  SELECT coalesce(avg(CASE WHEN minute(created_at) = 0 AND second(created_at) = 0 THEN 1 ELSE 0 END)
    >= max(p.coarse_share), true) AS coarse, count(*) AS total
  FROM made CROSS JOIN traces AS p
),
batches AS (
  SELECT CASE WHEN g.coarse THEN date_trunc('day', m.created_at)
      ELSE date_trunc('minute', m.created_at) END AS batch, count(*) AS n
  FROM made AS m CROSS JOIN grain AS g GROUP BY 1
)
SELECT m.deal_no FROM made AS m CROSS JOIN grain AS g CROSS JOIN traces AS p
JOIN batches AS b ON b.batch = CASE WHEN g.coarse THEN date_trunc('day', m.created_at)
    ELSE date_trunc('minute', m.created_at) END
WHERE b.n >= p.import_deals AND (NOT g.coarse OR b.n >= p.import_share * g.total);

-- Deals entered when they were signed already, or when the client had decided.
CREATE TABLE late_cards AS
WITH
decided AS (
  -- A decision of the client that the history dates before the card.
  SELECT h.deal_no, min(h.moment) AS moment
  FROM history AS h JOIN stages AS s ON s.stage_no = h.to_no AND s.kind = 'client_decision'
  JOIN deals AS d ON d.deal_no = h.deal_no AND h.moment < d.created_at GROUP BY h.deal_no
),
signed AS (
  SELECT d.deal_no, CAST(d.created_at AS DATE) AS created,
    CAST(least(d.contract_at, d.last_decision_at, e.moment,
      -- A planned date is no closing.
      CASE WHEN d.status IN ('won', 'lost') AND (d.closed_at_filled IS NOT NULL
        OR d.table_no NOT IN (SELECT table_no FROM planned_only)) THEN d.closed_at END) AS DATE) AS signed,
    d.status IN ('won', 'lost') AND d.closed_at IS NULL AND d.contract_at IS NULL AS untold,
    d.status = 'open' AND coalesce(d.contract_at_filled, d.last_decision_at_filled) IS NULL AS blind
  FROM deals AS d LEFT JOIN decided AS e USING (deal_no)
)
SELECT s.deal_no, s.signed, date_diff('day', s.signed, s.created) AS days_late,
  -- An import creates old deals in good faith; without a date of signing nothing can be told.
  CASE WHEN s.created IS NULL OR s.untold OR (s.blind AND s.signed IS NULL) THEN NULL
    WHEN s.signed IS NULL OR date_diff('day', s.signed, s.created) < p.late_days THEN false
    WHEN i.deal_no IS NOT NULL THEN NULL ELSE true END AS late
FROM signed AS s CROSS JOIN traces AS p LEFT JOIN imported AS i USING (deal_no);

-- Closed deals whose every move fell on the day of closing.
CREATE TABLE closing_paths AS
WITH
ends AS (
  SELECT h.deal_no, max(CASE WHEN s.status IN ('won', 'lost') THEN h.moment END) AS ended_at
  FROM history AS h JOIN stages AS s ON s.stage_no = h.to_no GROUP BY h.deal_no
),
walked AS (
  SELECT deal_no, count(*) AS moves, CAST(min(moment) AS DATE) AS first_day,
    CAST(max(moment) AS DATE) AS last_day
  FROM moves GROUP BY deal_no
)
SELECT e.deal_no, coalesce(w.moves, 0) AS moves,
  CASE WHEN coalesce(w.moves, 0) < p.path_moves OR w.first_day < w.last_day THEN false
    WHEN w.last_day = CAST(e.ended_at AS DATE) OR w.last_day = CAST(d.closed_at AS DATE) THEN true
    WHEN e.ended_at IS NULL AND d.closed_at IS NULL THEN NULL ELSE false END AS walked
FROM ends AS e CROSS JOIN traces AS p JOIN deals AS d USING (deal_no)
LEFT JOIN walked AS w USING (deal_no)
WHERE d.status IN ('won', 'lost');

-- Next steps of one owner that stand on one date, more of them than a busy day would have.
CREATE TABLE one_dates AS
WITH
dated AS (
  SELECT s.deal_no, d.owner, s.step_date FROM deal_steps AS s JOIN deals AS d USING (deal_no)
  WHERE s.step_date IS NOT NULL AND d.owner IS NOT NULL
),
dates AS (
  SELECT owner, step_date, count(*) AS n FROM dated GROUP BY owner, step_date
),
owners AS (
  SELECT owner, sum(n) AS total FROM dates GROUP BY owner
),
shares AS (
  SELECT d.owner, d.step_date, d.n, o.total, d.n / o.total AS share, 1.96 * 1.96 AS z
  FROM dates AS d JOIN owners AS o USING (owner)
),
lowest AS (
  -- The low end of the 95 % interval of the share (Wilson): a few of a few may be chance.
  SELECT owner, step_date, n, (share + z / (2 * total)
    - sqrt(z * share * (1 - share) / total + z * z / (4 * total * total))) / (1 + z / total) AS low
  FROM shares
)
SELECT d.deal_no, l.n AS deals, l.n >= p.one_date_deals AND l.low > p.one_date_share AS on_one_date
FROM dated AS d CROSS JOIN traces AS p
JOIN lowest AS l ON l.owner = d.owner AND l.step_date = d.step_date;

-- Activities written down days after they took place; those with both dates can be checked.
CREATE TABLE late_records AS
SELECT a.deal_no, count(*) AS checked, count(*) FILTER (
    WHERE date_diff('day', CAST(coalesce(a.happened_at, a.done_at) AS DATE), CAST(a.created_at AS DATE))
      >= p.record_days) AS late
FROM activities AS a CROSS JOIN traces AS p
WHERE a.deal_no IS NOT NULL AND a.created_at IS NOT NULL
  AND coalesce(a.happened_at, a.done_at) IS NOT NULL
GROUP BY a.deal_no
