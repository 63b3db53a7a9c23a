-- Copied next steps by text and currency, each text as it is written most often.
WITH
copied AS (
  SELECT c.folded, d.step_text, coalesce(d.step_kind, 'unknown') AS step_kind, d.currency, d.amount
  FROM step_copies AS c JOIN judged AS d USING (deal_no) WHERE c.copied
),
written AS (
  SELECT folded, step_text, step_kind FROM copied GROUP BY folded, step_text, step_kind
  QUALIFY row_number() OVER (
    PARTITION BY folded ORDER BY count(*) DESC, step_text, step_kind) = 1
)
SELECT w.step_text AS text, w.step_kind AS kind, c.currency, count(*) AS deals, sum(c.amount) AS amount
FROM copied AS c JOIN written AS w USING (folded)
GROUP BY ALL ORDER BY text, c.currency
