-- Reasons of the deals lost in the window by currency; case and spaces are folded.
WITH lost AS (
  SELECT CASE WHEN loss_reason_present THEN loss_reason_kind
      WHEN NOT loss_reason_present THEN 'missing' ELSE 'unknown' END AS kind,
    CASE WHEN loss_reason_present THEN trim(regexp_replace(loss_reason, '\s+', ' ', 'g')) ELSE ''
      END AS text,
    currency, amount
  FROM judged WHERE is_lost_recent
)
SELECT kind, min(text) AS text, lower(text) AS folded, currency, count(*) AS deals,
  sum(amount) AS amount
FROM lost GROUP BY kind, lower(text), currency ORDER BY kind, folded, currency
