-- People on the client's side by group, from role columns, contacts and positions.
CREATE TABLE people AS
WITH of_company AS (
  -- A contact of a company counts for the deals of it that name no contact of their own.
  SELECT d.deal_no, c.name, c.role, c.position
  FROM contacts AS c JOIN open_deals AS d ON d.company = c.company
  WHERE c.deal_no IS NULL AND NOT coalesce(d.contact_filled, false)
    AND d.deal_no NOT IN (SELECT deal_no FROM contacts WHERE deal_no IS NOT NULL)
),
persons AS (
  SELECT deal_no, approver AS name, 'approver' AS role FROM open_deals WHERE approver_filled
  UNION ALL SELECT deal_no, payer, 'payer' FROM open_deals WHERE payer_filled
  UNION ALL SELECT deal_no, procurer, 'procurer' FROM open_deals WHERE procurer_filled
  UNION ALL SELECT deal_no, legal, 'legal' FROM open_deals WHERE legal_filled
  UNION ALL SELECT deal_no, security, 'security' FROM open_deals WHERE security_filled
  UNION ALL SELECT deal_no, technical, 'technical' FROM open_deals WHERE technical_filled
  UNION ALL
  -- People without a role are people all the same.
  SELECT deal_no, client_owner, NULL FROM open_deals WHERE client_owner_filled
  UNION ALL
  SELECT d.deal_no, d.contact, r.role FROM open_deals AS d
  LEFT JOIN position_roles AS r ON r.position = d.contact_position WHERE d.contact_filled
  UNION ALL
  SELECT c.deal_no, c.name, coalesce(c.role, r.role)
  FROM contacts AS c LEFT JOIN position_roles AS r ON r.position = c.position
  WHERE c.deal_no IS NOT NULL
  UNION ALL
  SELECT c.deal_no, c.name, coalesce(c.role, r.role)
  FROM of_company AS c LEFT JOIN position_roles AS r ON r.position = c.position
),
grouped AS (
  SELECT deal_no, trim(name) AS name, role,
    CASE WHEN role IN ('legal', 'security') THEN 'blocker' ELSE role END AS role_group
  FROM persons
  WHERE name IS NOT NULL AND lower(trim(name)) NOT IN (SELECT word FROM junk)
),
everywhere AS (
  -- One name in three or more groups names nobody.
  SELECT deal_no, lower(name) AS name FROM grouped
  WHERE role_group IN ('approver', 'payer', 'procurer', 'blocker')
  GROUP BY ALL HAVING count(DISTINCT role_group) >= 3
)
SELECT g.deal_no, g.name, g.role, g.role_group,
  e.deal_no IS NOT NULL AS is_junk
FROM grouped AS g LEFT JOIN everywhere AS e ON e.deal_no = g.deal_no AND e.name = lower(g.name);

CREATE TABLE deal_roles AS
SELECT deal_no,
  bool_or(role_group = 'approver' AND NOT is_junk) AS approver,
  bool_or(role_group = 'payer' AND NOT is_junk) AS payer,
  bool_or(role_group = 'procurer' AND NOT is_junk) AS procurer,
  bool_or(role_group = 'blocker' AND NOT is_junk) AS blocker,
  bool_or(role = 'legal' AND NOT is_junk) AS legal,
  bool_or(role = 'security' AND NOT is_junk) AS security,
  bool_or(role = 'technical' AND NOT is_junk) AS technical,
  bool_or(is_junk) AS one_name,
  count(DISTINCT CASE WHEN NOT is_junk THEN lower(name) END) AS people
FROM people GROUP BY deal_no
