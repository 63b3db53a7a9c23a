-- Days from creation to winning of the won deals of one currency, by thirds of the amount.
WITH
won AS (
  SELECT amount, date_diff('day', created_at, closed_at) AS days FROM judged
  WHERE status = 'won' AND created_at <= closed_at AND amount > 0 AND currency = $currency
),
thirds AS (
  SELECT amount, days, ntile(3) OVER (ORDER BY amount, days) AS third FROM won
)
SELECT third, max(amount) AS up_to, count(*) AS deals, quantile_cont(days, 0.5) AS median_days,
  quantile_cont(days, 0.9) AS p90_days
FROM thirds GROUP BY third ORDER BY third
