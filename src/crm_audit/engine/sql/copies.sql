-- One next step standing on many open deals: case, spaces, marks, digits and dates are folded.
CREATE TABLE step_copies AS
WITH
steps AS (
  SELECT deal_no, step FROM deal_steps WHERE step IS NOT NULL AND kind IS DISTINCT FROM 'none'
),
lowered AS (
  SELECT step, replace(lower(step), 'ё', 'е') AS text FROM (SELECT DISTINCT step FROM steps)
),
undated AS (
  -- «до 12-го марта», "by March 12": the name of a month goes with the number beside it, as does «г.».
  SELECT step, regexp_replace(regexp_replace(regexp_replace(text,
      '(\d)(st|nd|rd|th|-?е|-?го|-?ого)?[\s.]+(of\s+)?(январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\p{L}*',
      '\1 ', 'g'),
      '(^|[^\p{L}])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\p{L}*[\s.]+(\d)', '\1 \3', 'g'),
    '(\d)\s*(г|года|году)($|[^\p{L}])', '\1 ', 'g') AS text
  FROM lowered
),
folds AS (
  -- What is left of a text of marks and digits alone is no text.
  SELECT step, nullif(trim(regexp_replace(text, '[^\p{L}]+', ' ', 'g')), '') AS folded FROM undated
),
counted AS (
  SELECT s.deal_no, f.folded, count(*) OVER (PARTITION BY f.folded) AS copies,
    count(*) OVER () AS total
  FROM steps AS s JOIN folds AS f USING (step)
)
SELECT c.deal_no, c.folded, CASE WHEN c.folded IS NULL THEN 1 ELSE c.copies END AS copies,
  c.folded IS NOT NULL AND c.copies >= p.copied_deals AND c.copies >= p.copied_share * c.total - 1e-6
    AS copied
FROM counted AS c CROSS JOIN params AS p
