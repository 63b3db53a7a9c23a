-- Open deals of sales pipelines: what the questions are about.
CREATE TABLE open_deals AS
SELECT d.deal_no, d.pipeline, d.stage_no, d.company, d.currency, d.amount, d.contact,
  d.contact_filled, d.contact_position, d.created_at, d.updated_at, d.stage_entered_at,
  d.last_activity_at, d.last_decision_at, d.next_decision_at, d.next_step, d.next_step_filled,
  d.next_step_date, d.next_step_date_filled, d.client_commitment_filled, d.approver,
  d.approver_filled, d.payer, d.payer_filled, d.procurer, d.procurer_filled, d.legal,
  d.legal_filled, d.security, d.security_filled, d.technical, d.technical_filled, d.client_owner,
  d.client_owner_filled
FROM deals AS d LEFT JOIN stages AS s USING (stage_no)
WHERE d.status = 'open' AND NOT coalesce(s.post_sale, false);

-- Everything that may be the next step of an open deal: its own field, and open tasks.
CREATE TABLE candidate_steps AS
SELECT deal_no, 0 AS source, next_step AS step, CAST(next_step_date AS DATE) AS step_date,
  next_step_filled AS has_text, next_step_date_filled AS has_day, false AS is_meeting
FROM open_deals WHERE next_step_filled IS NOT NULL OR next_step_date_filled IS NOT NULL
UNION ALL
SELECT a.deal_no, 1, a.subject, CAST(coalesce(a.due_at, a.happened_at) AS DATE),
  CASE WHEN p.has_subjects THEN a.subject IS NOT NULL END,
  coalesce(a.due_at, a.happened_at) IS NOT NULL, coalesce(a.kind = 'meeting', false)
FROM activities AS a CROSS JOIN params AS p JOIN open_deals AS d USING (deal_no)
WHERE CASE WHEN a.is_done IS NOT NULL OR a.done_at IS NOT NULL OR p.has_done
  THEN NOT coalesce(a.is_done, a.done_at IS NOT NULL) AND (a.due_at IS NOT NULL OR a.kind = 'task')
  ELSE CAST(coalesce(a.due_at, a.happened_at) AS DATE) >= p.as_of END
