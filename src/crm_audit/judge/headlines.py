"""The three answers of the first screen: what will close, why deals stand, where money is lost."""

from __future__ import annotations

from collections import Counter

from crm_audit.judge.case import Case
from crm_audit.judge.money import OPEN_LEAKS
from crm_audit.judge.stalls import likely_waits
from crm_audit.model.report import ForecastPart, Headline, Leaks, Money, Portfolio, Stalls


def judge_headlines(
    case: Case,
    portfolio: Portfolio,
    forecast: ForecastPart,
    stalls: Stalls,
    money: dict[str, Leaks],
) -> list[Headline]:
    """One sentence each, with up to three supports."""
    return [
        _will_close(case, portfolio, forecast),
        _why_stuck(case, portfolio, stalls),
        _money_lost(case, portfolio, money),
    ]


def _headline(case: Case, name: str, text: str, supports: list[str]) -> Headline:
    return Headline.model_validate(
        {"id": name, "title": case.wording("headline_" + name), "text": text, "supports": supports}
    )


def _will_close(case: Case, portfolio: Portfolio, forecast: ForecastPart) -> Headline:
    say = case.wording
    if not portfolio.open:
        return _headline(case, "will_close", say("no_open_deals"), [])
    if not portfolio.with_amount:
        return _headline(case, "will_close", say("close_no_amounts"), [])
    possible, claims = forecast.possible, {c: n for c, n in forecast.claimed.items() if n}
    values = {
        "proven": say.sums(forecast.proven),
        "deals": say.count(forecast.proven_deals, "noun_deal"),
        "open": say.sums(portfolio.open_amount),
        "all": say.count(portfolio.open, "noun_deal"),
    }
    if forecast.proven_deals:
        text = say("close_proven", **values)
    elif any(possible.values()):
        text = say("close_untold", **values)
    else:
        text = say("close_nothing", **values)
    supports = []
    learned = _learned(case, forecast)
    if learned:
        proved, (text, *supports) = text, learned
        supports.append(proved)
    if claims:
        supports.append(say("close_crm_claims", crm=say.sums(claims)))
    if forecast.proven_deals and any(possible[c] > forecast.proven.get(c, 0) for c in possible):
        supports.append(say("close_possible", possible=say.sums(possible)))
    facts = [fact for d in forecast.top for fact in d.facts.items()]
    missing = Counter(n for n, held in facts if held is False)
    if missing:
        listed = ", ".join(f"{say('fact_' + n)} — {k}" for n, k in _ranked(missing)[:3])
        supports.append(say("close_missing", of=str(len(forecast.top)), listed=listed))
    untold = Counter(n for n, held in facts if held is None and n not in missing)
    if untold:
        listed = ", ".join(say("fact_" + n) for n, _ in _ranked(untold)[:3])
        supports.append(say("close_unknown", listed=listed))
    return _headline(case, "will_close", text, supports[:3])


def _learned(case: Case, forecast: ForecastPart) -> list[str]:
    """What the past supports in one sentence, how sure that is, and how well it did before."""
    say = case.wording
    sums = [
        say(
            "close_expected_sum" if f.high else "close_expected_nothing",
            expected=say.money(f.expected, currency),
            low=say.money(f.low, currency),
            high=say.money(f.high, currency),
        )
        for currency, f in sorted(forecast.by_currency.items(), key=lambda item: -item[1].deals)
        if f.expected is not None and f.low is not None and f.high is not None
    ]
    if not sums:
        return []
    until = say.date(forecast.periods[-1].end)
    text = say("close_expected", until=until, sums=" + ".join(sums[:2]))
    test = forecast.backtest
    if forecast.few:
        return [text, say("close_few", n=say.count(forecast.closed, "noun_deal"))]
    if test is None or test.wape is None:
        return [text, say("close_unchecked")]
    other = ""
    if test.wape_crm is not None:
        other = say("close_checked_crm", wape=say.percent(test.wape_crm))
    elif test.wape_usual is not None:
        other = say("close_checked_usual", wape=say.percent(test.wape_usual))
    periods = say.count(test.periods, f"noun_{test.horizon}")
    wape = say.percent(test.wape)
    held = say.count(test.held, "noun_time")
    checked = say("close_checked", periods=periods, held=held, wape=wape, other=other)
    sure = say("close_sure", share=say.percent(case.limit("forecast_range")))
    return [text, f"{sure} {checked}"]


def _ranked(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _why_stuck(case: Case, portfolio: Portfolio, stalls: Stalls) -> Headline:
    say = case.wording
    if not portfolio.open:
        return _headline(case, "why_stuck", say("no_open_deals"), [])
    if stalls.basis is None:
        return _headline(case, "why_stuck", say("stuck_untold"), [])
    if not stalls.stalled:
        return _headline(
            case, "why_stuck", say("stuck_none", all=say.count(portfolio.open, "noun_deal")), []
        )
    text = say(
        "stuck_some",
        n=say.count(stalls.stalled, "noun_deal"),
        all=say.number(portfolio.open),
        amount=say("stuck_money", sum=say.sums(stalls.amount))
        if any(stalls.amount.values())
        else "",
        basis=say("basis_" + stalls.basis),
    )
    supports = [
        say("stuck_stage", stage=stage, n=say.count(n, "noun_deal"))
        for stage, n in case.session.rows(
            "SELECT stage, count(*) AS n FROM judged WHERE is_open AND stalled"
            " AND stage IS NOT NULL GROUP BY stage ORDER BY n DESC, stage LIMIT 1"
        )
    ]
    waits = likely_waits(case)
    if waits:
        likely, n = _ranked(waits)[0]
        supports.append(
            say("stuck_likely", likely=say(likely), n=say.number(n), of=say.number(stalls.stalled))
        )
    silent, blind = case.session.rows(
        "SELECT count(*) FILTER (WHERE NOT stall_reason_known),"
        " count(*) FILTER (WHERE stall_reason_known IS NULL) FROM judged WHERE is_open AND stalled"
    )[0]
    if silent:
        supports.append(say("stuck_no_reason", n=say.number(silent), of=say.number(stalls.stalled)))
    elif blind:
        supports.append(say("stuck_reason_untold"))
    return _headline(case, "why_stuck", text, supports[:3])


def _money_lost(case: Case, portfolio: Portfolio, money: dict[str, Leaks]) -> Headline:
    say = case.wording
    if not portfolio.with_amount and not money:
        return _headline(case, "money_lost", say("close_no_amounts"), [])
    leaks: dict[str, Money] = {
        name: {c: getattr(found, name) for c, found in money.items() if getattr(found, name)}
        for name in (*OPEN_LEAKS, "lost_without_reason", "not_judged")
    }
    total = {c: sum(getattr(found, name) for name in OPEN_LEAKS) for c, found in money.items()}
    if any(total.values()):
        text = say("lost_some", total=say.sums(total), open=say.sums(portfolio.open_amount))
    elif leaks["not_judged"]:
        text = say("lost_untold", amount=say.sums(leaks["not_judged"]))
    else:
        text = say("lost_none")
    parts = [
        say("leak_" + name, amount=say.sums(leaks[name])) for name in OPEN_LEAKS if leaks[name]
    ]
    supports = [say("lost_parts", parts="; ".join(parts))] if parts else []
    if leaks["lost_without_reason"]:
        supports.append(
            say("leak_lost_without_reason", amount=say.sums(leaks["lost_without_reason"]))
        )
    if leaks["not_judged"] and any(total.values()):
        supports.append(say("leak_not_judged", amount=say.sums(leaks["not_judged"])))
    return _headline(case, "money_lost", text, supports[:3])
