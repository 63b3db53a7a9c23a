-- Every deal as each export shows it; texts by which deals are matched have case and marks folded.
CREATE TABLE rows_seen AS
WITH rows_of_all AS (
  SELECT deal_no, table_no, line, deal_id, deal_name, company, owner, owner_filled, pipeline,
    stage_no, status, amount, amount_filled, currency, created_at, expected_close,
    expected_close_filled, closed_at, closed_at_filled, stage_entered_at, updated_at
  FROM past_rows
  UNION ALL
  SELECT deal_no, table_no, line, CASE WHEN deal_id LIKE 'no-id-%' THEN '' ELSE deal_id END,
    deal_name, company, owner, owner_filled, pipeline, stage_no, status, amount, amount_filled,
    currency, created_at, expected_close, expected_close_filled, closed_at, closed_at_filled,
    stage_entered_at, updated_at
  FROM deals WHERE table_no IN (SELECT table_no FROM exports)
)
SELECT r.*, x.series, x.seq, x.day, s.stage, coalesce(s.post_sale, false) AS post_sale,
  trim(regexp_replace(replace(lower(r.deal_name), 'ё', 'е'), '[^\p{L}\d]+', ' ', 'g')) AS name_key,
  trim(regexp_replace(replace(lower(r.company), 'ё', 'е'), '[^\p{L}\d]+', ' ', 'g')) AS company_key,
  -- Rows that share an id are told apart by what they say, not by where they stand.
  row_number() OVER (PARTITION BY r.table_no, r.deal_id
    ORDER BY r.deal_name, r.created_at, r.company, r.amount, r.status, r.line) AS place
FROM rows_of_all AS r JOIN exports AS x USING (table_no) LEFT JOIN stages AS s USING (stage_no);

-- Which row of an export is which deal of the series, and how that is known.
CREATE TABLE lineage (
  entity BIGINT, series INTEGER, seq INTEGER, deal_no BIGINT, how VARCHAR, confidence DOUBLE);

-- Rows that more than one deal fits: nothing is said of them.
CREATE TABLE unsure (series INTEGER, seq INTEGER, deal_no BIGINT)
