-- Every date on which something is known to have happened, by day: planned dates do not count.
CREATE TABLE happened AS
WITH moments AS (
  SELECT unnest([created_at, updated_at, last_activity_at, stage_entered_at,
    CASE WHEN status IN ('won', 'lost') AND (closed_at_filled IS NOT NULL
      OR table_no NOT IN (SELECT table_no FROM planned_only)) THEN closed_at END]) AS moment
  FROM deals
  UNION ALL SELECT changed_at FROM stage_events WHERE deal_no IS NOT NULL
  UNION ALL SELECT created_at FROM activities WHERE deal_no IS NOT NULL
  UNION ALL SELECT done_at FROM activities WHERE deal_no IS NOT NULL
)
SELECT CAST(moment AS DATE) AS day, count(*) AS n FROM moments WHERE moment IS NOT NULL GROUP BY ALL
