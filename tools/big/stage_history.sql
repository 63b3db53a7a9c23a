-- Every deal has 4 to 9 rows, 6.5 on average; where the stage stays, only fields changed.
WITH rows AS (
    SELECT
        ways.*,
        n,
        1 + (n - 1) * (furthest - 1) // (events - 1) AS stage,
        1 + greatest(0, n - 2) * (furthest - 1) // (events - 1) AS before,
        began + to_seconds(CAST(epoch(ended - began) * (n - 1) / (events - 1) AS BIGINT)) AS moment
    FROM ways, range(1, 10) AS numbers (n)
    WHERE n <= events
)
SELECT
    CAST(7000000 + i AS VARCHAR) AS "ID сделки",
    CASE WHEN n > 1 THEN list_extract(getvariable('stages'), before) END AS "Этап до",
    CASE
        WHEN n < events OR status = 'open' THEN list_extract(getvariable('stages'), stage)
        WHEN status = 'won' THEN 'Успешно реализовано'
        ELSE 'Закрыто и не реализовано'
    END AS "Этап после",
    ru_moment(moment) AS "Дата перехода",
    list_extract(getvariable('sellers'), seller) AS "Кто изменил",
    ru_amount(CAST(1000000 + 1000 * (i % 4000) + 5000 * n AS DOUBLE)) AS "Сумма",
    ru_day(ended + to_days(CAST(n * 7 AS INTEGER))) AS "Предполагаемая дата закрытия"
FROM rows
ORDER BY i, n
