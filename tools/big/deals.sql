-- Thirty columns, most of them filled the way people fill them.
SELECT
    CAST(7000000 + i AS VARCHAR) AS "ID сделки",
    pick(getvariable('subjects'), i, 20) || ', объект ' || (i % 997 + 1) AS "Название сделки",
    CASE WHEN i % 5 = 0 THEN 'Тендеры' ELSE 'Проектные продажи' END AS "Воронка",
    CASE status
        WHEN 'won' THEN 'Успешно реализовано'
        WHEN 'lost' THEN 'Закрыто и не реализовано'
        ELSE list_extract(getvariable('stages'), furthest)
    END AS "Этап сделки",
    CASE status WHEN 'won' THEN 'Выиграна' WHEN 'lost' THEN 'Проиграна' ELSE 'Открыта' END
        AS "Статус",
    CASE WHEN share(i, 21) < 0.7 THEN ru_amount(lognormal(3000000, 1.6, i, 22)) END AS "Сумма",
    CASE WHEN share(i, 24) < 0.97 THEN 'RUB' ELSE 'EUR' END AS "Валюта",
    CASE WHEN share(i, 25) < 0.3 THEN CAST(furthest * 15 AS VARCHAR) END AS "Вероятность, %",
    list_extract(getvariable('sellers'), seller) AS "Ответственный",
    pick(getvariable('companies'), i // 3, 26) || '-' || (i // 3) || '»' AS "Компания",
    CASE WHEN share(i, 27) < 0.85 THEN person(i, 28) END AS "Контакт",
    CASE WHEN share(i, 30) < 0.6 THEN pick(getvariable('positions'), i, 31) END AS "Должность",
    ru_moment(began) AS "Дата создания",
    ru_moment(ended) AS "Дата изменения",
    CASE WHEN status <> 'open' THEN ru_moment(ended) END AS "Дата закрытия",
    CASE WHEN share(i, 32) < 0.8
        THEN ru_day(ended + to_days(CAST(share(i, 33) * 200 - 60 AS INTEGER)))
    END AS "Предполагаемая дата закрытия",
    ru_moment(greatest(began, ended - to_days(CAST(share(i, 34) * 9 AS INTEGER))))
        AS "Дата последней активности",
    CASE WHEN status = 'open' AND share(i, 35) < 0.7 THEN pick(getvariable('steps'), i, 36) END
        AS "Следующий шаг",
    CASE WHEN status = 'open' AND share(i, 35) < 0.5
        THEN ru_day(getvariable('as_of') + to_days(CAST(share(i, 37) * 90 - 60 AS INTEGER)))
    END AS "Дата следующего шага",
    CASE WHEN share(i, 38) < 0.4 THEN person(i, 39) END AS "ЛПР",
    CASE WHEN share(i, 41) < 0.3 THEN person(i, 42) END AS "Финансы",
    CASE WHEN share(i, 44) < 0.3 THEN person(i, 45) WHEN share(i, 44) < 0.35 THEN '-' END
        AS "Закупка",
    CASE WHEN share(i, 47) < 0.2 THEN person(i, 48) WHEN share(i, 47) < 0.25 THEN 'уточнить' END
        AS "Юристы",
    CASE WHEN share(i, 50) < 0.2 THEN person(i, 51) END AS "СБ",
    CASE WHEN share(i, 53) < 0.3 THEN pick(getvariable('risks'), i, 54) END AS "Риск",
    CASE WHEN status = 'lost' AND share(i, 55) < 0.8 THEN pick(getvariable('losses'), i, 56) END
        AS "Причина отказа",
    pick(['Сайт', 'Выставка', 'Рекомендация', 'Тендерная площадка'], i, 57) AS "Источник",
    CASE WHEN furthest = 6 AND share(i, 58) < 0.96 THEN 'ДП-' || i END AS "№ договора",
    CASE WHEN furthest >= 3 AND share(i, 59) < 0.97 THEN 'ТЗ-' || (i % 9000) END
        AS "ТЗ (номер и дата)",
    pick(getvariable('cities'), i, 60) AS "Регион поставки"
FROM ways
ORDER BY i
