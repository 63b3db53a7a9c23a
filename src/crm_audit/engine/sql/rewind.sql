-- The CRM as it was on as_of: later deals, events and activities are dropped.
DELETE FROM deal_rows USING params AS p WHERE CAST(created_at AS DATE) > p.as_of;
DELETE FROM stage_event_rows USING params AS p WHERE CAST(changed_at AS DATE) > p.as_of;
DELETE FROM activity_rows USING params AS p
WHERE CAST(coalesce(created_at, happened_at) AS DATE) > p.as_of;

-- What was done later was still to do.
UPDATE activity_rows SET is_done = false, done_at = NULL FROM params AS p
WHERE CAST(done_at AS DATE) > p.as_of;

-- The stage on that day, where there is a history.
UPDATE deal_rows SET stage_no = was.to_no, status = was.status, stage_entered_at = NULL
FROM (
  SELECT e.deal_no, arg_max(e.to_no, (e.changed_at, coalesce(s.rank, 999), e.line)) AS to_no,
    arg_max(s.status, (e.changed_at, coalesce(s.rank, 999), e.line)) AS status
  FROM stage_events AS e JOIN stages AS s ON s.stage_no = e.to_no
  WHERE e.deal_no IS NOT NULL AND e.changed_at IS NOT NULL GROUP BY e.deal_no
) AS was
WHERE deal_rows.deal_no = was.deal_no;
UPDATE deal_rows SET closed_at = NULL FROM params AS p
WHERE CAST(closed_at AS DATE) > p.as_of AND status = 'open'
