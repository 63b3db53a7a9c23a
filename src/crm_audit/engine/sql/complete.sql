-- A deal without an id gets one from what names it, and an ordinal.
UPDATE deal_rows SET deal_id = made.deal_id
FROM (
  SELECT deal_no,
    'no-id-' || substr(sha256(concat_ws('|', deal_name, company, CAST(created_at AS VARCHAR))), 1, 16)
      || '-' || row_number() OVER (
        PARTITION BY deal_name, company, created_at ORDER BY deal_no) AS deal_id
  FROM deals WHERE deal_id = ''
) AS made
WHERE deal_rows.deal_no = made.deal_no;

-- One close-date column: the planned date of open deals, the closing date of closed ones.
UPDATE deal_rows SET closed_at = expected_close
WHERE status IN ('won', 'lost') AND table_no IN (SELECT table_no FROM lone_close);
