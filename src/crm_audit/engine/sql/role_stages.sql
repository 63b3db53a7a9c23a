-- Each role over the open deals of each stage and currency: known, cannot tell, and the money.
WITH
people_known AS (
  SELECT stage_no, currency, amount, approver_known AS approver, payer_known AS payer,
    procurer_known AS procurer, legal_known AS legal, security_known AS security,
    technical_known AS technical
  FROM judged WHERE is_open
),
by_role AS (
  SELECT * FROM people_known UNPIVOT INCLUDE NULLS (
    known FOR role IN (approver, payer, procurer, legal, security, technical))
)
SELECT stage_no, role, currency, count(*) AS deals, count(*) FILTER (WHERE known) AS yes,
  count(*) FILTER (WHERE known IS NULL) AS dark, coalesce(sum(amount), 0) AS money,
  coalesce(sum(amount) FILTER (WHERE known), 0) AS money_yes,
  coalesce(sum(amount) FILTER (WHERE known IS NULL), 0) AS money_dark
FROM by_role GROUP BY stage_no, role, currency ORDER BY stage_no, role, currency
