-- Ten activities of each deal, spread over its life; the last one of an open deal may be open.
WITH rows AS (
    SELECT
        ways.*,
        n,
        i * 10 + n AS id,
        began + to_seconds(CAST(epoch(ended - began) * (n + share(i * 10 + n, 70)) / 11 AS BIGINT))
            AS moment,
        n = 9 AND status = 'open' AND share(i, 71) < 0.6 AS is_open
    FROM ways, range(10) AS numbers (n)
)
SELECT
    CAST(90000000 + id AS VARCHAR) AS "ID дела",
    CAST(7000000 + i AS VARCHAR) AS "ID сделки",
    CASE WHEN is_open THEN 'Задача' ELSE pick(['Звонок', 'Письмо', 'Встреча', 'Задача'], id, 72) END
        AS "Тип",
    CASE WHEN is_open THEN pick(getvariable('steps'), id, 73)
        ELSE pick(getvariable('subjects_of_talk'), id, 73)
    END AS "Тема",
    ru_moment(moment) AS "Дата создания",
    ru_moment(moment + to_days(CAST(1 + share(id, 74) * 9 AS INTEGER))) AS "Крайний срок",
    CASE WHEN NOT is_open THEN ru_moment(moment + to_minutes(CAST(share(id, 75) * 55 AS INTEGER))) END
        AS "Дата завершения",
    CASE WHEN is_open THEN 'Нет' ELSE 'Да' END AS "Выполнено",
    CASE WHEN share(id, 76) < 0.3 THEN 'Входящее' WHEN share(id, 76) < 0.9 THEN 'Исходящее' END
        AS "Направление",
    list_extract(getvariable('sellers'), seller) AS "Ответственный"
FROM rows
ORDER BY i, n
