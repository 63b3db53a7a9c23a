"""Reports to render: a neglected Russian CRM, an English export that settles little, and extremes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from crm_audit.model.report import (
    AmountShare,
    Check,
    Finding,
    Forecast,
    ForecastPart,
    Gap,
    Gate,
    Gates,
    Headline,
    Input,
    JoinedOn,
    Layer,
    Leaks,
    Mapped,
    Moves,
    Notice,
    Param,
    Portfolio,
    Question,
    Reject,
    Report,
    Rows,
    RuleResult,
    Share,
    Source,
    Stage,
    StageDeals,
    StalledDeal,
    Stalls,
    Tool,
    TopDeal,
    VerdictPart,
)

TOOL = Tool(version="0.1.0", rules_digest="sha256:" + "5f2c" * 16)
IDS = ("next_step", "roles", "gates", "reasons", "forecast", "thresholds")
TEXTS = {
    "ru": (
        "В каждом проекте зафиксирован следующий шаг с датой и обязательством клиента?",
        "Понятно, кто у клиента утверждает (ЛПР), кто платит (финансы), кто оформляет (закупка), "
        "кто блокирует (юристы/СБ)?",
        "Есть понятные условия перехода между этапами, а не «перетащили карточку»?",
        "Руководитель видит причины провисания и принимает решения, а не слушает «в работе»?",
        "По 10 ключевым сделкам можно за 10 минут собрать прогноз, основанный на фактах?",
        "Сделки не висят неделями без прогресса, потому что в системе есть пороги и правила "
        "реакции?",
    ),
    "en": (
        "Does every project have a recorded next step with a date and the client's commitment?",
        "Is it clear who at the client approves, who pays, who processes the purchase and who "
        "can block?",
        "Are there clear conditions for moving between stages, rather than dragging the card?",
        'Does the manager see why deals sag and decide, rather than hear "in progress"?',
        "Can a fact-based forecast be put together for the 10 key deals in 10 minutes?",
        "Do deals not hang for weeks without progress, because the system has thresholds and "
        "reaction rules?",
    ),
}


def check(
    id: str, title: str, answer: Any, low: float | None, high: float | None, of: int, **more: Any
) -> Check:
    more = {"direction": "at_least", "threshold": 0.8} | more
    return Check(
        id=id, title=title, answer=answer, share=Share(low=low, high=high, of=of), **more
    )


def money_shares(**shares: tuple[float, float]) -> dict[str, AmountShare]:
    return {c: AmountShare(low=low, high=high) for c, (low, high) in shares.items()}


def question(
    number: int, language: str, answer: Any, checks: list[Check], reason: str, **more: Any
) -> Question:
    more = {"needs": [], "to_yes": ""} | more
    return Question(
        number=number,
        id=IDS[number - 1],  # type: ignore[arg-type]
        text=TEXTS[language][number - 1],
        answer=answer,
        checks=checks,
        reason=reason,
        **more,
    )


def stage(order: int, name: str, kind: str, open: int = 0, **more: Any) -> Stage:
    deals = StageDeals(open=open, won=more.pop("won", 0), lost=more.pop("lost", 0))
    more = {"pipeline": "Проектные продажи", "status": "open", "post_sale": False} | more
    return Stage(stage=name, kind=kind, order=order, deals=deals, **more)


def records_history() -> Report:
    """A Russian amoCRM with history: four "no", one "yes", one unknown."""
    top_rows = [
        ("10318", "Реконструкция котельной №2", "ООО «ТеплоСтрой»", "Переговоры", 84_500_000, 0.7,
         "Ждём ответа, тел. +7 916 123-45-67", date(2026, 10, 1), (1, 0, 0, 0, 0),
         "Кто у клиента подписывает бюджет и когда он это сделает?"),
        ("10411", "Поставка насосных станций", "АО «Водоканал-Сервис»", "КП отправлено",
         61_200_000, 0.5, "Позвонить Петровой Марии Ивановне", date(2026, 11, 12), (1, 1, 0, 1, 0),
         "Что клиент пообещал сделать после получения КП?"),
        ("10290", "Автоматизация склада, очередь 1", "ООО «Логопарк Восток»", "ТЗ согласовано",
         47_900_000, 0.6, "Клиент пришлёт протокол до 10.11", date(2026, 11, 10), (1, 1, 1, 1, 1),
         ""),
        ("10377", "Система вентиляции, корпус Б", "НПО «Вектор»", "В работе", 38_000_000, None,
         None, None, (1, 0, 0, None, 0), "Какое решение клиента следующее и кто его примет?"),
        ("10402", "Модернизация линии розлива", "ЗАО «Родник»", "Договор на согласовании",
         29_750_000, 0.9, "Юристы вернут правки", date(2026, 11, 6), (1, 1, 1, 0, 1),
         "Кто из юристов держит договор?"),
        ("10233", "Ограждение периметра", "АО «Северная верфь»", "Переговоры", 22_400_000, 0.4,
         "уточнить", None, (1, 0, 0, 0, 0), "Жив ли проект?"),
    ]
    keys = ("amount", "close_date", "next_step", "approver", "decision")
    top = [
        TopDeal(
            deal_id=id, deal_name=name, company=company, owner="Смирнов А.", stage=where,
            amount=amount, currency="RUB", probability=chance,
            expected_close=date(2026, 9, 30) if not facts[1] else date(2026, 12, 25),
            next_step=step, next_step_date=day,
            facts={k: None if v is None else bool(v) for k, v in zip(keys, facts, strict=True)},
            complete=all(facts), ask=ask, source=Source(input=0, line=12 + i * 7),
        )
        for i, (id, name, company, where, amount, chance, step, day, facts, ask) in enumerate(
            top_rows
        )
    ]  # fmt: skip
    stalled = [
        StalledDeal(
            deal_id=row.deal_id, deal_name=row.deal_name, company=row.company, owner=row.owner,
            pipeline="Проектные продажи", stage=row.stage, days=days, limit=limit,
            amount=row.amount, currency="RUB", progress_at=datetime(2026, 8, 12, 10, 0),
            progress_basis="stage_event", reason=reason, likely=likely, source=row.source,
        )
        for row, days, limit, reason, likely in (
            (top[0], 81, 30, "в работе", "ждём утверждения бюджета: финансы в карточке не названы"),
            (top[3], 64, 21, None, "этап ничего не говорит о клиенте, следующего шага нет"),
            (top[5], 118, 30, "бюджет на 2027 не утверждён", "клиент отложил бюджет"),
        )
    ]  # fmt: skip
    rules = [
        RuleResult(
            id="next-step-missing", question="next_step", layer="card",
            title="Нет следующего шага", severity="critical", scope="open deals",
            why="Без шага с датой сделка движется только тогда, когда о ней вспомнили.",
            fix="Сделать поля «Следующий шаг» и «Дата шага» обязательными на каждом этапе.",
            ask="Что клиент обещал сделать и к какому числу?",
            params={"share": Param(value=0.9, origin="default", text="доля сделок с шагом")},
            hits=31, assessed=64, unknown=0, amount={"RUB": 212_300_000.0},
        ),
        RuleResult(
            id="stalled", question="thresholds", layer="rhythm",
            title="Сделка стоит дольше предела этапа", severity="major", scope="open deals",
            why="Чем дольше сделка стоит, тем реже она закрывается.",
            fix="Ввести пределы по этапам и разбирать превышения на еженедельной встрече.",
            ask="Чего ждёт клиент и кто может это ускорить?",
            params={"multiple": Param(value=2, origin="default", text="медиан выигранных сделок"),
                    "floor": Param(value=14, origin="config", text="дней, не меньше")},
            hits=27, assessed=64, unknown=2, amount={"RUB": 188_400_000.0, "USD": 145_000.0},
        ),
        RuleResult(
            id="approver-unknown", question="roles", layer="card", title="Не назван ЛПР",
            why="Если неизвестно, кто утверждает, согласование начнётся в конце.",
            fix="Добавить поле «ЛПР» и не пускать сделку дальше середины воронки без него.",
            severity="major", scope="key deals", params={}, hits=18, assessed=24, unknown=0,
            amount={"RUB": 154_000_000.0},
        ),
        RuleResult(
            id="loss-reason-useless", question="reasons", layer="rhythm",
            title="Причина проигрыша ничего не объясняет", severity="minor", scope="lost deals",
            why="«Дорого» и «Не отвечает» не меняют того, что делать дальше.",
            fix="Заменить список причин на действующих лиц и факторы.", params={},
            hits=0, assessed=17, unknown=0, amount={},
        ),
    ]  # fmt: skip
    findings = [
        Finding(
            id=f"f{i:03d}", rule=rule, question="next_step", severity=severity, subject="deal",
            deal_id=row.deal_id, deal_name=row.deal_name, stage=row.stage, owner=row.owner,
            amount=row.amount, currency="RUB", facts=facts, source=row.source,
        )
        for i, (rule, severity, row, facts) in enumerate(
            (
                ("next-step-missing", "critical", top[0],
                 {"next_step": "Ждём ответа, тел. +7 916 123-45-67", "next_step_date": "2026-10-01",
                  "contact": "Кузнецов Пётр"}),
                ("next-step-missing", "critical", top[3], {"next_step": None}),
                ("next-step-missing", "critical", top[5], {"next_step": "уточнить"}),
                ("stalled", "major", top[0], {"days": 81, "limit": 30.0}),
                ("stalled", "major", top[5], {"days": 118, "limit": 30.0}),
                ("stalled", "major", top[3], {"days": 64, "limit": 21.0}),
                ("approver-unknown", "major", top[0], {"approver": None, "payer": "Орлова Анна"}),
                ("approver-unknown", "major", top[4], {"approver": None}),
            )
        )
    ]  # fmt: skip
    return Report(
        tool=TOOL,
        as_of=date(2026, 11, 1),
        as_of_basis="latest_event",
        language="ru",
        inputs=[
            Input(
                name="amocrm_export_leads_2026-11-01.csv", sha256="a1" * 32, kind="deals",
                crm="amocrm", format="csv", encoding="cp1251", delimiter=";", sheet=None,
                header_row=1, rows=Rows(read=131, imported=126, merged=1, rejected=2, skipped=2),
                skipped={"blank": 1, "total": 1},
                rejects=[Reject(line=88, reason="сумма не число",
                                text="10399;Иванов Иван;ivan@client.ru;12 млн;Переговоры"),
                         Reject(line=117, reason="нет ни ID, ни названия", text=";;;;")],
                bad_cells=[Reject(line=45, reason="дата «31.02.2026» не существует",
                                  text="31.02.2026")],
                mapping={
                    "deal_id": Mapped(column="ID", confidence=1.0, by="profile",
                                      samples=["10318", "10411"]),
                    "deal_name": Mapped(column="Название сделки", confidence=1.0, by="profile",
                                        samples=["Реконструкция котельной №2"]),
                    "contact": Mapped(column="Основной контакт", confidence=1.0, by="profile",
                                      samples=["Кузнецов Пётр"]),
                    "amount": Mapped(column="Бюджет", confidence=1.0, by="profile",
                                     samples=["84 500 000", "61 200 000"]),
                    "risk": Mapped(column=["Риск", "Что мешает"], confidence=0.7, by="name"),
                },
                unmapped=["utm_source", "Рабочий email"],
                formats={"Дата создания": "ДД.ММ.ГГГГ ЧЧ:ММ", "Бюджет": "1 234,56"},
                warnings=[Notice(code="two_columns",
                                 text="поле «риск» собрано из двух колонок: «Риск», «Что мешает»")],
            ),
            Input(
                name="amocrm_history.xlsx", sha256="b2" * 32, kind="stage_events", crm="amocrm",
                format="xlsx", encoding=None, delimiter=None, sheet="События", header_row=3,
                rows=Rows(read=1_204, imported=1_200, merged=0, rejected=0, skipped=4),
                skipped={"preamble": 2, "header": 1, "footer": 1},
                joined_on=JoinedOn(column="ID сделки", deals_column="ID", matched=0.98),
            ),
        ],
        stages=[
            stage(1, "Новая заявка", "seller_action", 9, open_amount={"RUB": 18_200_000.0},
                  limit_days=21.0, limit_origin="default", stalled=3,
                  stalled_amount={"RUB": 4_100_000.0}, proposed="Потребность подтверждена"),
            stage(2, "В работе", "state_vague", 14, open_amount={"RUB": 71_000_000.0},
                  limit_days=21.0, limit_origin="default", stalled=9, why="«в работе»",
                  stalled_amount={"RUB": 52_300_000.0}, proposed="Проект открыт"),
            stage(3, "КП отправлено", "seller_action", 17, open_amount={"RUB": 118_600_000.0},
                  limit_days=34.0, limit_origin="own_data", stalled=4, why="«отправлено»",
                  stalled_amount={"RUB": 21_000_000.0}, proposed="КП принято"),
            stage(4, "Переговоры", "seller_action", 13, open_amount={"RUB": 149_900_000.0},
                  limit_days=30.0, limit_origin="default", stalled=9, why="«переговоры»",
                  stalled_amount={"RUB": 106_900_000.0}),
            stage(5, "ТЗ согласовано", "client_decision", 6, open_amount={"RUB": 62_000_000.0},
                  limit_days=45.0, limit_origin="default", why="«согласовано»"),
            stage(6, "Договор на согласовании", "state_vague", 5, why="«на согласовании»",
                  open_amount={"RUB": 41_500_000.0, "USD": 145_000.0}, limit_days=60.0,
                  limit_origin="config", stalled=2, stalled_amount={"RUB": 4_100_000.0},
                  proposed="Договор согласован"),
            stage(7, "Успешно реализовано", "won", won=21, status="won"),
            stage(8, "Закрыто и не реализовано", "lost", lost=39, status="lost"),
        ],
        portfolio=Portfolio(deals=126, open=64, won=21, lost=39, ignored=2, unknown=0,
                            open_amount={"RUB": 461_200_000.0, "USD": 145_000.0}, with_amount=58),
        verdict=VerdictPart(answer="records_history", no_min=4, no_max=5, threshold=3),
        headlines=[
            Headline(id="will_close", title="Что реально закроется",
                     text="Из 10 крупнейших сделок на фактах стоит одна — 47,9 млн ₽. "
                          "CRM обещает 248 млн ₽.",
                     supports=["Чаще всего не хватает утверждающего (ЛПР) и решения клиента.",
                               "Дата закрытия уже прошла у 3 сделок из 10."]),
            Headline(id="why_stuck", title="Почему сделки стоят",
                     text="27 из 64 сделок стоят дольше предела: 188 млн ₽ и $145 тыс.",
                     supports=["Треть застоя — на этапе «Переговоры»: что решил клиент, не видно.",
                               "Решение руководителя видно не во всех эпизодах."]),
            Headline(id="money_lost", title="Где теряются деньги",
                     text="Заморожено 188 млн ₽, ещё 64,3 млн ₽ уехали на потом.",
                     supports=["12,4 млн ₽ проиграно за год без полезной причины."]),
        ],
        questions=[
            question(1, "ru", "no", [
                check("next-step-managed", "Шаг записан, с датой, не просрочен, обязательство "
                      "клиента или совместный", "no", 0.43, 0.43, 64, threshold=0.9,
                      amount_threshold=0.9, amount_share=money_shares(RUB=(0.38, 0.38)),
                      decided_by="count_and_amount")],
                "Шаг с обязательством клиента есть у 43 % сделок, нужно 90 %.",
                amount={"RUB": 212_300_000.0}, needs=["next_step", "next_step_date"],
                to_yes="Ещё 30 сделок с шагом, у которого есть дата и обещание клиента."),
            question(2, "ru", "no", [
                check("roles-known", "Известны все четыре роли", "no", 0.12, 0.12, 24)],
                "Все четыре роли названы в 12 % ключевых сделок.",
                amount={"RUB": 154_000_000.0}, needs=["approver", "payer", "procurer", "legal"],
                to_yes="Назвать ЛПР, финансы, закупку и юристов в 20 из 24 ключевых сделок."),
            question(3, "ru", "yes", [
                check("gates-found", "Условия найдены на границах этапов", "yes", 0.6, 0.6, 5,
                      threshold=0.5),
                check("moves-clean", "Переходы без массовых и прыжков", "yes", 0.91, 0.94, 412,
                      threshold=0.9, note="у 12 переходов нет времени суток")],
                "Условия видны на 3 границах из 5, чистых переходов 91–94 %."),
            question(4, "ru", "unknown", [
                check("stall-reason", "У стоящих записана причина", "yes", 0.81, 0.81, 27),
                check("reaction", "Решение руководителя за 14 дней", "unknown", 0.55, 0.85, 33),
                check("loss-reason", "Полезная причина проигрыша", "yes", 0.88, 0.88, 17)],
                "Решения руководителя видны не по всем эпизодам.", needs=["manager_decision"],
                to_yes="Записывать решение и дату по каждой стоящей сделке."),
            question(5, "ru", "no", [
                check("top-complete", "Строки топ-10 со всеми фактами", "no", 0.1, 0.2, 10,
                      origin="config", threshold=0.7)],
                "Все пять фактов есть у 1 из 10 крупнейших сделок.",
                amount={"RUB": 235_850_000.0}, needs=["approver", "last_decision"],
                to_yes="Заполнить факты ещё в 6 сделках листа."),
            question(6, "ru", "no", [
                check("stalled", "Стоящих сделок", "no", 0.42, 0.45, 64, direction="at_most",
                      threshold=0.15, amount_threshold=0.2, origin="own_data",
                      amount_share=money_shares(RUB=(0.41, 0.45)),
                      decided_by="count_and_amount")],
                "Стоят 42–45 % сделок, порог 15 %.", amount={"RUB": 188_400_000.0, "USD": 145_000.0},
                to_yes="Разобрать 18 стоящих сделок: решение клиента, решение руководителя или "
                       "закрытие."),
        ],
        gaps=[
            Gap(question="reasons", fields=["manager_decision", "manager_decision_at"],
                text="Нет колонок с решением руководителя и его датой.",
                export="amoCRM → Сделки → «…» → Экспорт → отметить поля «Решение» и "
                       "«Дата решения»"),
        ],
        layers=[
            Layer(id="funnel", title="Воронка решений клиента", grade="weak",
                  reason="Решением клиента назван 1 этап из 6."),
            Layer(id="gates", title="Условия перехода", grade="strong", reason="Вопрос 3 — «да»."),
            Layer(id="card", title="Карточка сделки", grade="weak",
                  reason="Критичные поля заполнены на 34 %."),
            Layer(id="rhythm", title="Ритм управления", grade="weak",
                  reason="Вопросы 5 и 6 — «нет»."),
        ],
        rules=rules,
        findings=findings,
        findings_total=76,
        worst=[f.id for f in findings],
        stalls=Stalls(
            basis="смена этапа вперёд, решение клиента, входящее действие",
            limit_basis="две медианы выигранных сделок по этапу, не меньше 14 дней",
            stalled=27, not_stalled=35, unknown=2,
            amount={"RUB": 188_400_000.0, "USD": 145_000.0}, deals=stalled,
        ),
        gates=Gates(
            discovered=[Gate(pipeline="Проектные продажи", field="Файл ТЗ",
                             stage="ТЗ согласовано", before=0.08, after=0.97, deals_before=41,
                             deals_after=32)],
            boundaries=5, judged=5,
            moves=Moves(total=412, clean=375, unknown=12, bulk=11, same_day=8, jumps=6,
                        backward=4),
            moves_source="amocrm_history.xlsx",
        ),
        forecast=ForecastPart(
            horizon=None, method="суммы сделок, у которых есть все пять фактов",
            by_currency={"RUB": Forecast(expected=47_900_000, low=47_900_000, high=85_900_000,
                                         crm=248_000_000)},
            proven={"RUB": 47_900_000.0}, proven_deals=1, top_currency="RUB", top=top,
        ),
        money={
            "RUB": Leaks(frozen=188_400_000, slipped=64_300_000, unproven=51_000_000,
                         at_risk=22_000_000, lost_without_reason=12_400_000,
                         not_judged=18_500_000, clear=117_000_000,
                         deals={"frozen": 27, "slipped": 9, "unproven": 5, "at_risk": 4,
                                "lost_without_reason": 2, "not_judged": 6, "clear": 13}),
            "USD": Leaks(frozen=145_000, deals={"frozen": 1}),
        },
        thresholds={
            "managed_share": Param(value=0.9, origin="default",
                                   text="доля сделок с управляемым шагом"),
            "reaction_days": Param(value=14, origin="default",
                                   text="дней на решение после предела"),
            "top_complete": Param(value=0.7, origin="config",
                                  text="доля строк топ-10 со всеми фактами"),
        },
        warnings=[Notice(code="seller_funnel", text="5 этапов из 6 описывают не решения клиента: "
                                                    "это первый симптом из статьи.")],
    )  # fmt: skip


def inconclusive() -> Report:
    """An English list export of amoCRM's kind: one "no", the rest cannot be told."""
    unknown = [
        (1, "next-step-managed", "Step recorded, dated, not overdue, the client's or joint", 0.9,
         ["next_step", "next_step_date"], "The export has no column with the next step."),
        (2, "roles-known", "All four role groups are known", 0.8,
         ["approver", "payer", "procurer", "legal"], "The export names one contact per deal and "
         "no roles."),
        (3, "moves-clean", "Moves that are neither in bulk nor jumps", 0.9,
         ["stage_events"], "There is no stage history."),
        (4, "stall-reason", "Stalled deals with a specific reason", 0.8,
         ["stall_reason", "manager_decision"], "Nothing records why deals stand."),
        (5, "top-complete", "Rows of the top 10 with every fact", 0.8,
         ["next_step", "approver", "last_decision"], "Amounts and dates are there; the other "
         "three facts are not."),
    ]  # fmt: skip
    where = {
        1: "Deals → list view → Edit columns → add “Next step” and “Next step date” → Export",
        2: "Contacts → Export, with the columns “Deal” and “Position”",
        3: "Analytics → Events → filter “Stage changed” → Export",
        4: "",
        5: "Deals → list view → Edit columns → add “Decision maker” → Export",
    }
    names = ["Cooling plant, phase 2", "Warehouse sorting line", "Substation 110 kV", "Sludge press"]
    top = [
        TopDeal(
            deal_id=f"0051{i}", deal_name=name, company=f"{name.split()[0]} Ltd", owner="Dana Reed",
            stage="Proposal sent", amount=900_000.0 - 130_000 * i, currency="USD",
            expected_close=date(2026, 12, 1 + i) if i else date(2026, 8, 15),
            facts={"amount": True, "close_date": bool(i), "next_step": None, "approver": None,
                   "decision": None},
            complete=None if i else False, ask="Who at the client approves this budget?",
            source=Source(input=0, line=3 + i),
        )
        for i, name in enumerate(names)
    ]  # fmt: skip
    return Report(
        tool=TOOL,
        as_of=date(2026, 10, 20),
        as_of_basis="latest_event",
        language="en",
        inputs=[
            Input(
                name="amocrm_leads.csv", sha256="c3" * 32, kind="deals", crm="amocrm", format="csv",
                encoding="utf-8", delimiter=",", sheet=None, header_row=1,
                rows=Rows(read=42, imported=41, merged=0, rejected=0, skipped=1),
                skipped={"blank": 1}, unmapped=["Lead utm_source"],
                mapping={"deal_id": Mapped(column="ID", confidence=1.0, by="profile"),
                         "amount": Mapped(column="Lead value", confidence=1.0, by="profile")},
            )
        ],
        stages=[
            stage(1, "Initial contact", "seller_action", 12, pipeline="Pipeline",
                  open_amount={"USD": 700_000.0}, limit_days=21.0, limit_origin="default"),
            stage(2, "Proposal sent", "seller_action", 17, pipeline="Pipeline",
                  open_amount={"USD": 3_100_000.0}, limit_days=30.0, limit_origin="default",
                  stalled=13, stalled_amount={"USD": 2_400_000.0}, proposed="Offer accepted"),
            stage(3, "Closed - won", "won", pipeline="Pipeline", status="won", won=6),
            stage(4, "Closed - lost", "lost", pipeline="Pipeline", status="lost", lost=6),
        ],
        portfolio=Portfolio(deals=41, open=29, won=6, lost=6, ignored=0, unknown=0,
                            open_amount={"USD": 3_800_000.0}, with_amount=27),
        verdict=VerdictPart(answer="inconclusive", no_min=1, no_max=6, threshold=3),
        headlines=[
            Headline(id="will_close", title="What will really close",
                     text="The CRM claims $3.8m; which of it stands on facts cannot be told.",
                     supports=["No next steps, approvers or client decisions in the export."]),
            Headline(id="why_stuck", title="Why deals stand still",
                     text="13 of 29 deals stand past their limit: $2.4m.",
                     supports=["All of them are at “Proposal sent”, a seller's action."]),
            Headline(id="money_lost", title="Where money is lost",
                     text="$2.4m is frozen; another $0.9m cannot be judged."),
        ],
        questions=[
            question(n, "en", "unknown",
                     [check(id, title, "unknown", 0.0 if n in (1, 5) else None,
                            1.0 if n in (1, 5) else None, 29 if n == 1 else 4 if n == 5 else 0,
                            threshold=limit)],
                     reason, needs=needs, to_yes="Export the missing columns, then run again.")
            for n, id, title, limit, needs, reason in unknown
        ] + [
            question(6, "en", "no",
                     [check("stalled", "Stalled deals", "no", 0.45, 0.45, 29, direction="at_most",
                            threshold=0.15, amount_threshold=0.2,
                            amount_share=money_shares(USD=(0.63, 0.63)),
                            decided_by="count_and_amount")],
                     "45% of the deals are stalled; the limit is 15%.",
                     amount={"USD": 2_400_000.0}),
        ],
        gaps=[
            Gap(question=IDS[n - 1], fields=needs, text=reason, export=where[n])  # type: ignore[arg-type]
            for n, _, _, _, needs, reason in unknown
        ],
        layers=[
            Layer(id="funnel", title="A funnel of client decisions", grade="weak",
                  reason="None of the 2 open stages is a decision of the client."),
            Layer(id="gates", title="Gates", grade="unknown", reason="Question 3 is unknown."),
            Layer(id="card", title="The deal card", grade="unknown",
                  reason="Questions 1 and 2 are unknown."),
            Layer(id="rhythm", title="The rhythm", grade="weak", reason="Question 6 is no."),
        ],
        rules=[
            RuleResult(id="stalled", question="thresholds", layer="rhythm",
                       title="A deal stands past the limit of its stage", severity="major",
                       why="The longer a deal stands, the less often it closes.",
                       fix="Set limits by stage and go through what is past them every week.",
                       ask="What is the client waiting for?", scope="open deals",
                       params={"floor": Param(value=14, origin="default", text="days at least")},
                       hits=13, assessed=29, unknown=0, amount={"USD": 2_400_000.0}),
            RuleResult(id="next-step-missing", question="next_step", layer="card",
                       title="No next step", severity="critical", why="", fix="", scope="open deals",
                       params={}, hits=0, assessed=0, unknown=29, amount={}),
        ],
        findings=[
            Finding(id=f"s{i}", rule="stalled", question="thresholds", severity="major",
                    subject="deal", deal_id=d.deal_id, deal_name=d.deal_name, stage=d.stage,
                    owner=d.owner, amount=d.amount, currency="USD",
                    facts={"days": 90 - i, "limit": 30.0, "last_activity_at": "2026-07-22"},
                    source=d.source)
            for i, d in enumerate(top)
        ],
        findings_total=13,
        worst=["s0", "s1", "s2", "s3"],
        stalls=Stalls(
            basis="last_activity", limit_basis="defaults by phase: no history of won deals",
            stalled=13, not_stalled=16, unknown=0, amount={"USD": 2_400_000.0},
            deals=[
                StalledDeal(deal_id=d.deal_id, deal_name=d.deal_name, company=d.company,
                            owner=d.owner, stage=d.stage, days=90 - i, limit=30.0,
                            amount=d.amount, currency="USD", progress_at=datetime(2026, 7, 22 + i),
                            progress_basis="last_activity", likely="waiting for an answer to the "
                            "proposal; nobody at the client is named", source=d.source)
                for i, d in enumerate(top)
            ],
        ),
        gates=Gates(discovered=[], boundaries=1, judged=0, moves=None),
        forecast=ForecastPart(
            horizon=None, method="sums of the deals that have all five facts",
            by_currency={"USD": Forecast(expected=0, low=0, high=2_500_000, crm=3_800_000)},
            proven={}, proven_deals=0, top_currency="USD", top=top,
        ),
        money={"USD": Leaks(frozen=2_400_000, not_judged=900_000, clear=500_000,
                            deals={"frozen": 13, "not_judged": 9, "clear": 5})},
        money_range={"USD": {"frozen": {"low": 1_900_000, "expected": 2_400_000,
                                        "high": 2_700_000}}},
        thresholds={"reaction_days": Param(value=14, origin="default",
                                           text="days for a decision after the limit")},
    )  # fmt: skip


def manages() -> Report:
    """A well-run CRM: six times yes, nothing to find."""
    report = inconclusive()
    questions = [
        question(n, "en", "yes", [check(f"check-{n}", f"Check {n}", "yes", 0.96, 0.98, 120)],
                 "98% of the deals are in order.")
        for n in range(1, 7)
    ]  # fmt: skip
    return report.model_copy(
        update={
            "verdict": VerdictPart(answer="manages", no_min=0, no_max=0, threshold=3),
            "verdict_text": "",
            "questions": questions,
            "gaps": [],
            "findings": [],
            "findings_total": 0,
            "worst": [],
            "rules": [r.model_copy(update={"hits": 0, "amount": {}}) for r in report.rules],
            "stalls": report.stalls.model_copy(
                update={"deals": [], "stalled": 0, "not_stalled": 29, "amount": {}}
            ),
        }
    )


def empty() -> Report:
    """A sound table of deals without a row."""
    return Report(
        tool=TOOL,
        as_of=None,
        as_of_basis="none",
        language="ru",
        inputs=[
            Input(
                name="пусто.csv", sha256="d4" * 32, kind="deals", crm="unknown", format="csv",
                encoding="utf-8", delimiter=";", sheet=None, header_row=1,
                rows=Rows(read=1, imported=0, merged=0, rejected=0, skipped=1),
                skipped={"header": 1},
            )
        ],
        stages=[],
        portfolio=Portfolio(deals=0, open=0, won=0, lost=0, ignored=0, unknown=0, open_amount={}),
        verdict=VerdictPart(answer="inconclusive", no_min=0, no_max=6, threshold=3),
        questions=[
            question(n, "ru", "unknown", [], "Открытых сделок нет.") for n in range(1, 7)
        ],
        layers=[],
        rules=[],
        findings=[],
        stalls=Stalls(basis=None, limit_basis="—", stalled=0, not_stalled=0, unknown=0),
        gates=Gates(discovered=[], boundaries=0, judged=0, moves=None),
        forecast=ForecastPart(horizon=None, method="—", by_currency={}, top=[]),
        money={},
    )  # fmt: skip


HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "[/bold] [red]x[/red] [link=file:///etc/passwd]y[/link]",
    "invoice\u202egpj.exe\u2066\u200b",
    "\x1b[31mred\x1b[0m\x1b]8;;http://evil.example\x07link\x1b]8;;\x07\x07",
    "{{ 7*7 }}{% raw %}${7*7}",
    "a | b `code` [text](javascript:alert(1)) http://evil.example www.evil.example",
    '"><img src=x onerror=alert(1)>',
    "]]>&amp;<!--",
    "line\nbreak\r\nand\ttab\x00\x0b\ufffe",
    "+7 916 123-45-67 @SUM(A1)",
    "x" * 5_000,
)


def hostile(texts: tuple[str, ...] = HOSTILE) -> Report:
    """The Russian report with `texts` in every place that comes from an export."""
    report = records_history()
    data: dict[str, Any] = report.model_dump(by_alias=True)
    state = {"n": 0}

    def poison(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            if key == "mapping":
                return {k: poison(v) for k, v in value.items()}
            return {k: poison(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [poison(v, key) for v in value]
        if isinstance(value, str) and key in STRANGERS:
            state["n"] += 1
            return texts[state["n"] % len(texts)]
        return value

    return Report.model_validate(poison(data))


STRANGERS = frozenset(
    {
        "deal_name", "company", "owner", "stage", "pipeline", "next_step", "reason", "likely",
        "text", "name", "sheet", "column", "samples", "unmapped", "contact", "approver", "payer",
        "ask", "field", "supports", "moves_source", "export", "verdict_text",
    }
)  # fmt: skip
"""Keys of the report whose text an export can decide."""

ALL = {f.__name__: f for f in (records_history, inconclusive, manages, empty, hostile)}
