-- Reasons of the deals lost in the window by currency; case and spaces are folded.
WITH
lost AS (
  SELECT CASE WHEN loss_reason_present THEN loss_reason_kind
      WHEN NOT loss_reason_present THEN 'missing' ELSE 'unknown' END AS kind,
    CASE WHEN loss_reason_present THEN trim(regexp_replace(loss_reason, '\s+', ' ', 'g')) ELSE ''
      END AS text,
    lower(text) AS folded, currency, amount
  FROM judged WHERE is_lost_recent
),
written AS (
  -- Each reason as it is written most often.
  SELECT kind, folded, text FROM lost GROUP BY kind, folded, text
  QUALIFY row_number() OVER (PARTITION BY kind, folded ORDER BY count(*) DESC, text) = 1
)
SELECT l.kind, w.text, l.folded, l.currency, count(*) AS deals, sum(l.amount) AS amount
FROM lost AS l JOIN written AS w ON w.kind = l.kind AND w.folded = l.folded
GROUP BY l.kind, w.text, l.folded, l.currency ORDER BY l.kind, l.folded, l.currency
