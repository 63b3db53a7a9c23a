-- The ladder of each candidate: present, dated, not overdue, a commitment of the client.
CREATE TABLE ladder AS
WITH kinds AS (
  SELECT c.*, k.kind AS text_kind, coalesce(k.dated, false) AS text_dated
  FROM candidate_steps AS c
  LEFT JOIN step_kinds AS k ON k.step = c.step AND k.has_day IS NOT DISTINCT FROM c.has_day
),
judged AS (
  SELECT k.deal_no, k.source, k.step, k.step_date,
    CASE WHEN k.source = 1 THEN true
      WHEN k.has_text IS NULL THEN k.has_day
      ELSE k.has_text OR coalesce(k.has_day, false) END AS present,
    CASE WHEN k.text_dated THEN true ELSE k.has_day END AS dated,
    CASE WHEN k.has_day THEN k.step_date >= p.as_of
      WHEN k.has_day = false AND NOT k.text_dated THEN false END AS current,
    CASE WHEN k.has_text = false THEN 'none'
      WHEN k.is_meeting AND k.has_day AND k.text_kind = 'seller_task' THEN 'joint_step'
      ELSE k.text_kind END AS kind
  FROM kinds AS k CROSS JOIN params AS p
)
SELECT j.*,
  CASE WHEN d.client_commitment_filled THEN true
    WHEN j.kind IS NULL THEN NULL
    ELSE j.kind IN ('client_commitment', 'joint_step') END AS committed
FROM judged AS j JOIN open_deals AS d USING (deal_no);

-- The best candidate of each deal; several fields of one fact: one that holds is enough.
CREATE TABLE deal_steps AS
WITH scored AS (
  SELECT *,
    bool_or(present AND dated AND current AND committed) OVER deal AS any_managed,
    bool_or((present AND dated AND current AND committed) IS NULL) OVER deal AS any_unknown,
    row_number() OVER (PARTITION BY deal_no ORDER BY
      coalesce(present AND dated AND current AND committed, false) DESC,
      coalesce(present, false) DESC, coalesce(current, false) DESC,
      coalesce(kind <> 'empty_talk' AND kind <> 'none', false) DESC,
      coalesce(committed, false) DESC, step_date, source, step) AS place
  FROM ladder
  WINDOW deal AS (PARTITION BY deal_no)
)
SELECT deal_no, step, step_date, present, dated, current, kind, committed,
  CASE WHEN any_managed THEN true WHEN any_unknown THEN NULL ELSE false END AS managed
FROM scored WHERE place = 1
