-- A share from 0 to 1 that depends on nothing but the row, the place of use and the seed.
CREATE MACRO share(row, place) AS
    (hash(row * 1000003 + place * 7919 + getvariable('seed')) % 1000000) / 1000000.0;

-- One of the words of a list.
CREATE MACRO pick(words, row, place) AS
    list_extract(words, 1 + CAST(floor(share(row, place) * len(words)) AS INTEGER));

-- A lognormal figure with this median and sigma.
CREATE MACRO lognormal(median, sigma, row, place) AS
    median * exp(sigma * sqrt(-2 * ln(1 - share(row, place))) * cos(2 * pi() * share(row, place + 1)));

-- Dates, moments and amounts as a Russian CRM writes them.
CREATE MACRO ru_moment(moment) AS strftime(moment, '%d.%m.%Y %H:%M:%S');
CREATE MACRO ru_day(moment) AS strftime(moment, '%d.%m.%Y');
CREATE MACRO ru_amount(amount) AS translate(format('{:,.2f}', amount), ',.', ' ,');
CREATE MACRO person(row, place) AS
    pick(getvariable('men'), row, place) || ' ' || pick(getvariable('surnames'), row, place + 1);

-- The way of each deal: how it ended, how far it got, when it began and ended, its events.
CREATE TABLE ways AS
WITH drawn AS (
    SELECT
        i,
        CASE WHEN share(i, 1) < 0.35 THEN 'open' WHEN share(i, 1) < 0.6 THEN 'won' ELSE 'lost' END
            AS status,
        1 + CAST(floor(pow(share(i, 2), 1.4) * 6) AS INTEGER) AS reached,
        greatest(9, least(700, lognormal(170, 0.55, i, 3))) AS cycle,
        share(i, 5) AS ago,
        4 + CAST(floor(share(i, 6) * 6) AS INTEGER) AS events,
        1 + CAST(floor(share(i, 7) * 60) AS INTEGER) AS seller
    FROM range(getvariable('deals')) AS numbers (i)
)
SELECT
    i,
    status,
    CASE status WHEN 'won' THEN 6 ELSE reached END AS furthest,
    events,
    seller,
    getvariable('as_of') - to_seconds(CAST(
        CASE status WHEN 'open' THEN pow(ago, 2) * 120 * 86400 ELSE ago * 1400 * 86400 END AS BIGINT
    )) AS ended,
    ended - to_seconds(CAST(
        cycle * 86400 * CASE status WHEN 'open' THEN furthest / 6.0 ELSE 1 END AS BIGINT
    )) AS began
FROM drawn;
