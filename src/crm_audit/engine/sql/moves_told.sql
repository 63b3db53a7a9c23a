-- Every move with the names of its stages and its place in the files.
SELECT d.deal_id, f.stage AS from_stage, t.stage AS to_stage, m.moment AS moved_at, m.changed_by,
  m.table_no AS input, m.line, m.forward, m.bulk, m.same_day, m.forward AND m.jump AS jump, m.clean
FROM moves AS m JOIN deals AS d USING (deal_no)
JOIN stages AS f ON f.stage_no = m.from_no JOIN stages AS t ON t.stage_no = m.to_no
ORDER BY m.deal_no, m.moment, m.to_rank, m.line
