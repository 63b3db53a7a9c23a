-- The wide view: one row a deal, every fact true, false or NULL (cannot tell).
CREATE TABLE facts AS
WITH
doubles AS (
  SELECT deal_id FROM deals GROUP BY deal_id HAVING count(*) > 1
),
keys AS (
  SELECT deal_no, deal_id || '#' || row_number() OVER (PARTITION BY deal_id ORDER BY deal_no) AS k
  FROM deals WHERE deal_id IN (SELECT deal_id FROM doubles)
),
depth AS (
  SELECT pipeline, max(rank) AS ranks FROM stages WHERE rank IS NOT NULL GROUP BY pipeline
),
pushes AS (
  SELECT deal_no, count(*) AS n FROM history WHERE pushed GROUP BY deal_no
),
decided AS (
  -- Client decisions among the stages that the history shows.
  SELECT DISTINCT h.deal_no FROM history AS h JOIN stages AS s ON s.stage_no = h.to_no
  WHERE s.kind = 'client_decision'
),
move_facts AS (
  SELECT deal_no, count(*) FILTER (WHERE bulk) AS bulk_moves,
    count(*) FILTER (WHERE same_day) AS same_day_moves,
    -- None for certain and some that cannot be told: cannot tell.
    CASE WHEN bool_or(forward AND jump) OR NOT bool_or(forward AND jump IS NULL)
      THEN count(*) FILTER (WHERE forward AND jump) END AS jumps
  FROM moves GROUP BY deal_no
),
base AS (
  SELECT d.deal_no, d.table_no, d.line, d.deal_id, coalesce(k.k, d.deal_id) AS deal_key,
    d.deal_name, d.company, d.owner, d.pipeline, s.stage, s.kind AS stage_kind, s.rank AS stage_rank,
    CASE WHEN d.status = 'open' AND coalesce(s.post_sale, false) THEN 'ignored'
      ELSE d.status END AS status,
    d.amount, coalesce(d.currency, 'XXX') AS currency, d.probability,
    CAST(d.expected_close AS DATE) AS close_date, d.expected_close_filled AS close_date_filled,
    d.forecast_category, d.forecast_category_filled, d.probability_filled, d.loss_reason,
    d.loss_reason_filled, d.stall_reason, d.stall_reason_filled, d.risk, d.risk_filled,
    d.manager_decision_filled, CAST(d.manager_decision_at AS DATE) AS manager_decision_at,
    d.manager_decision_at_filled, d.last_decision_filled, CAST(d.last_decision_at AS DATE) AS last_decision_at,
    d.last_decision_at_filled, d.contact_filled, d.client_owner_filled, d.amount_filled,
    d.approver_filled, d.payer_filled, d.procurer_filled, d.legal_filled, d.security_filled,
    d.technical_filled,
    d.close_date_moves, d.close_date_moves_filled, CAST(d.closed_at AS DATE) AS closed_at,
    CAST(d.created_at AS DATE) AS created_at, d.stage_no, l.least, w.ranks,
    d.company_filled, d.documents_filled, d.owner_filled, d.next_step_filled,
    coalesce(d.updated_at_filled, d.stage_entered_at_filled) IS NOT NULL AS touched
  FROM deals AS d
  LEFT JOIN stages AS s USING (stage_no)
  LEFT JOIN keys AS k USING (deal_no)
  LEFT JOIN large AS l ON l.pipeline = coalesce(d.pipeline, '')
    AND l.currency = coalesce(d.currency, 'XXX')
  LEFT JOIN depth AS w ON w.pipeline = trim(coalesce(d.pipeline, ''))
)
SELECT b.deal_no, b.table_no, b.line, b.deal_id, b.deal_key, b.deal_name, b.company, b.owner,
  b.pipeline, b.stage, b.stage_no, b.stage_kind, b.stage_rank, b.status, b.currency, b.probability,
  CASE WHEN b.amount > 0 THEN b.amount END AS amount,
  b.close_date, b.created_at, b.closed_at, b.loss_reason, b.stall_reason, b.risk,
  b.status = 'open' AS is_open,
  b.status = 'open' AND (coalesce(CASE WHEN b.ranks = 1 THEN true ELSE b.stage_rank > b.ranks / 2.0
    END, false) OR coalesce(b.amount >= b.least, false)) AS is_key,
  b.status = 'lost' AND coalesce(b.closed_at BETWEEN p.window_start AND p.as_of, false)
    -- A duplicate, spam or a test is no loss.
    AND coalesce(lr.kind, '') <> 'technical' AS is_lost_recent,
  -- Question 1
  CASE WHEN t.deal_no IS NOT NULL THEN t.present WHEN p.has_tasks THEN false END AS step_present,
  CASE WHEN t.deal_no IS NOT NULL THEN t.present AND t.dated WHEN p.has_tasks THEN false
    END AS step_dated,
  CASE WHEN t.deal_no IS NOT NULL THEN t.present AND t.dated AND t.current
    WHEN p.has_tasks THEN false END AS step_current,
  CASE WHEN t.deal_no IS NOT NULL THEN t.present AND t.committed WHEN p.has_tasks THEN false
    END AS step_committed,
  CASE WHEN t.deal_no IS NOT NULL THEN t.managed WHEN p.has_tasks THEN false END AS step_managed,
  t.kind AS step_kind, t.step AS step_text, t.step_date,
  -- Without a text of steps nobody can say whether one is copied.
  CASE WHEN sc.deal_no IS NOT NULL THEN sc.copied WHEN t.kind IS NOT NULL THEN false
    WHEN t.deal_no IS NULL AND p.has_tasks THEN false END AS step_copied,
  sc.copies AS step_copies,
  CASE WHEN b.contact_filled OR b.client_owner_filled OR coalesce(r.people, 0) > 0 THEN true
    WHEN b.contact_filled IS NOT NULL OR b.client_owner_filled IS NOT NULL OR p.has_contacts
    THEN false END AS client_person,
  -- Question 2: several homes of one fact; unknown only where the export has none of them.
  CASE WHEN r.approver THEN true WHEN b.approver_filled IS NOT NULL OR p.has_contacts THEN false
    END AS approver_known,
  CASE WHEN r.payer THEN true WHEN b.payer_filled IS NOT NULL OR p.has_contacts THEN false
    END AS payer_known,
  CASE WHEN r.procurer THEN true WHEN b.procurer_filled IS NOT NULL OR p.has_contacts THEN false
    END AS procurer_known,
  CASE WHEN r.blocker THEN true
    WHEN b.legal_filled IS NOT NULL OR b.security_filled IS NOT NULL OR p.has_contacts THEN false
    END AS blocker_known,
  CASE WHEN r.legal THEN true WHEN b.legal_filled IS NOT NULL OR p.has_contacts THEN false
    END AS legal_known,
  CASE WHEN r.security THEN true WHEN b.security_filled IS NOT NULL OR p.has_contacts THEN false
    END AS security_known,
  CASE WHEN r.technical THEN true WHEN b.technical_filled IS NOT NULL OR p.has_contacts THEN false
    END AS technical_known,
  CASE WHEN r.one_name THEN true
    WHEN coalesce(b.approver_filled, b.payer_filled, b.procurer_filled, b.legal_filled,
      b.security_filled) IS NOT NULL OR p.has_contacts THEN false END AS one_name_in_roles,
  coalesce(r.people, 0) AS client_people,
  -- An export with room for one name cannot tell whether the CRM knows more people.
  CASE WHEN coalesce(r.people, 0) > 1 THEN false
    WHEN p.has_people OR (b.contact_filled IS NOT NULL)::INTEGER
      + (b.client_owner_filled IS NOT NULL)::INTEGER + (b.approver_filled IS NOT NULL)::INTEGER
      + (b.payer_filled IS NOT NULL)::INTEGER + (b.procurer_filled IS NOT NULL)::INTEGER
      + (b.legal_filled IS NOT NULL)::INTEGER + (b.security_filled IS NOT NULL)::INTEGER
      + (b.technical_filled IS NOT NULL)::INTEGER > 1
    THEN coalesce(r.people, 0) = 1 END AS single_threaded,
  -- Question 4
  CASE WHEN coalesce(b.risk_filled AND NOT coalesce(fr.filler, false), false)
      OR coalesce(b.stall_reason_filled AND NOT coalesce(fs.filler, false), false) THEN true
    WHEN b.risk_filled IS NOT NULL OR b.stall_reason_filled IS NOT NULL THEN false
    END AS stall_reason_known,
  b.risk_filled AS risk_noted,
  CASE WHEN b.manager_decision_filled = false OR b.manager_decision_at_filled = false THEN false
    WHEN b.manager_decision_at IS NOT NULL
      THEN b.manager_decision_at <= p.as_of AND b.manager_decision_at >= st.crossed_on
    END AS decided_after_limit,
  CASE WHEN b.loss_reason_filled IS NULL THEN NULL
    WHEN NOT b.loss_reason_filled THEN false ELSE lr.kind = 'useful' END AS loss_reason_useful,
  CASE WHEN b.loss_reason_filled THEN lr.kind END AS loss_reason_kind,
  b.loss_reason_filled AS loss_reason_present,
  -- Question 5
  CASE WHEN b.amount_filled IS NULL THEN NULL ELSE coalesce(b.amount > 0, false)
    END AS amount_present,
  b.amount < 0 AS amount_negative,
  b.close_date_filled AS close_date_present,
  CASE WHEN b.close_date_filled = false THEN false ELSE b.close_date >= p.as_of
    END AS close_date_current,
  b.close_date < p.as_of AS close_date_past,
  CASE WHEN b.close_date_moves_filled IS NOT NULL OR p.has_push_history
    THEN greatest(coalesce(b.close_date_moves, 0), coalesce(pu.n, 0))
    -- Exports show some of the pushes: enough of them are enough, few prove nothing.
    WHEN pu.n >= p.slip_pushes THEN pu.n END AS close_date_pushes,
  CASE WHEN t.deal_no IS NOT NULL
      THEN t.present AND t.dated AND t.current AND t.kind NOT IN ('empty_talk', 'none')
    WHEN p.has_tasks THEN false END AS step_solid,
  -- A stage alone never proves that no decision is recorded elsewhere.
  CASE WHEN coalesce(b.last_decision_filled AND b.last_decision_at <= p.as_of, false)
      OR b.stage_kind = 'client_decision' OR de.deal_no IS NOT NULL THEN true
    WHEN b.last_decision_filled IS NULL THEN NULL
    WHEN NOT b.last_decision_filled OR NOT b.last_decision_at_filled
      OR b.last_decision_at > p.as_of THEN false END AS decision_on_record,
  CASE WHEN fc.counted THEN true WHEN b.probability >= p.claim_probability THEN true
    WHEN b.probability_filled IS NOT NULL OR b.forecast_category_filled IS NOT NULL THEN false
    END AS claimed_by_crm,
  -- Question 6
  st.stalled, st.days AS days_still, st.limit_days, st.progress_at, st.progress_basis, st.waits,
  st.days > p.long_factor * st.limit_days AND st.stalled AS stalled_long,
  -- Moves
  mf.bulk_moves, mf.same_day_moves, mf.jumps,
  -- Written down after the fact
  cp.walked AS path_on_closing_day, cp.moves AS path_moves,
  lc.late AS created_after_signed, CASE WHEN lc.late THEN lc.signed END AS signed_at,
  CASE WHEN lc.late THEN lc.days_late END AS days_late,
  CASE WHEN be.edited_in_bulk THEN true WHEN be.untold THEN NULL WHEN be.deal_no IS NOT NULL OR b.touched THEN false
    END AS edited_in_bulk, be.deals AS edited_together,
  od.on_one_date AS step_on_one_date, od.deals AS steps_on_date, la.late AS late_records,
  k2.deal_id IS NOT NULL AS id_repeated,
  -- Changes between exports
  ch.compared, ch.reopened, ch.reopened_at, ch.closed_as, ch.back_dated, ch.back_dated_what,
  ch.back_dated_was, ch.back_dated_became, ch.amount_was, ch.amount_moved, ch.close_date_was,
  ch.close_slid_days, ch.stage_moved, ch.first_seen, ch.last_seen
FROM base AS b CROSS JOIN params AS p
LEFT JOIN deal_steps AS t USING (deal_no)
LEFT JOIN step_copies AS sc USING (deal_no)
LEFT JOIN deal_roles AS r USING (deal_no)
LEFT JOIN stalls AS st USING (deal_no)
LEFT JOIN pushes AS pu USING (deal_no)
LEFT JOIN decided AS de USING (deal_no)
LEFT JOIN move_facts AS mf USING (deal_no)
LEFT JOIN deal_changes AS ch USING (deal_no)
LEFT JOIN closing_paths AS cp USING (deal_no)
LEFT JOIN late_cards AS lc USING (deal_no)
LEFT JOIN bulk_edits AS be USING (deal_no)
LEFT JOIN one_dates AS od USING (deal_no)
LEFT JOIN late_records AS la USING (deal_no)
LEFT JOIN doubles AS k2 ON k2.deal_id = b.deal_id
LEFT JOIN filler_texts AS fr ON fr.text = b.risk
LEFT JOIN filler_texts AS fs ON fs.text = b.stall_reason
LEFT JOIN loss_reasons AS lr ON lr.text = b.loss_reason
LEFT JOIN claim_words AS fc ON fc.text = b.forecast_category;

-- What is made of other facts: rows of the top-10 sheet, and the first leak that fits.
CREATE TABLE deal_facts AS
WITH together AS (
  SELECT f.*,
    approver_known AND payer_known AND procurer_known AND blocker_known AS roles_known,
    amount_present AND close_date_current AND step_solid AND approver_known AND decision_on_record
      AS sheet_complete
  FROM facts AS f
),
leaks AS (
  SELECT t.*,
    t.stalled AS leak_frozen,
    CASE WHEN t.close_date_past OR t.close_date_pushes >= p.slip_pushes THEN true
      WHEN t.close_date_past IS NULL AND t.close_date_present IS NULL
        AND t.close_date_pushes IS NULL THEN NULL ELSE false END AS leak_slipped,
    t.claimed_by_crm AND NOT t.sheet_complete AS leak_unproven,
    CASE WHEN NOT t.is_key THEN false ELSE NOT t.roles_known OR NOT t.step_managed END
      AS leak_at_risk
  FROM together AS t CROSS JOIN params AS p
)
SELECT l.*,
  CASE WHEN NOT l.is_open THEN NULL
    WHEN l.leak_frozen THEN 'frozen' WHEN l.leak_slipped THEN 'slipped'
    WHEN l.leak_unproven THEN 'unproven' WHEN l.leak_at_risk THEN 'at_risk'
    WHEN l.leak_frozen IS NULL OR l.leak_slipped IS NULL OR l.leak_unproven IS NULL
      OR l.leak_at_risk IS NULL THEN 'not_judged'
    ELSE 'clear' END AS leak
FROM leaks AS l
