-- A closed deal without a closing date closed when its history says so.
UPDATE deal_rows SET closed_at = ended.moment
FROM (
  SELECT e.deal_no, max(e.changed_at) AS moment
  FROM stage_events AS e JOIN stages AS s ON s.stage_no = e.to_no
  WHERE e.deal_no IS NOT NULL AND s.status IN ('won', 'lost') GROUP BY e.deal_no
) AS ended
WHERE deal_rows.deal_no = ended.deal_no AND closed_at IS NULL AND status IN ('won', 'lost')
