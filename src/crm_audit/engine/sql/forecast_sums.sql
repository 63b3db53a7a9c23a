-- By currency, of the open deals with an amount: all of it, and what is planned up to a day.
SELECT currency, count(*) AS deals,
  sum(amount) FILTER (WHERE due) AS planned,
  sum(CAST(amount AS DECIMAL(24, 4)) * CAST(probability AS DECIMAL(5, 4))) FILTER (WHERE due) AS claimed,
  sum(amount) FILTER (WHERE due AND sheet_complete AND NOT coalesce(stalled, false)) AS proven,
  count(close_date) > 0 AS has_dates, count(probability) > 0 AS has_chances
FROM (
  SELECT j.*, coalesce(close_date > p.as_of AND close_date <= p.as_of + CAST($days AS INTEGER), false) AS due
  FROM judged AS j CROSS JOIN params AS p WHERE is_open AND amount > 0
)
GROUP BY currency ORDER BY currency
