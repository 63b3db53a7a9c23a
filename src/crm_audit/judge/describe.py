"""What was read: the inputs with their rows, the stages and the portfolio."""

from __future__ import annotations

from typing import Any

from crm_audit.engine.evaluate import plain
from crm_audit.engine.loaded import Loaded
from crm_audit.engine.session import Session
from crm_audit.judge.case import Case
from crm_audit.model import report as model
from crm_audit.readers.raw import Notice, RowIssue
from crm_audit.wording import Wording

_SAMPLES = 2


def notice(found: Notice, wording: Wording) -> model.Notice:
    """A notice with its text in the language of the report."""
    return model.Notice(
        code=found.code, values=found.values, text=wording(found.code, **found.values)
    )


def describe_inputs(
    loaded: list[Loaded], wording: Wording, rejects: int | None
) -> list[model.Input]:
    """Every table of every file: how it was read and what became of its rows.

    At most `rejects` rejected rows and cells a table are listed; None lists all of them.
    """
    return [_input(table, wording, rejects) for table in loaded]


def _input(table: Loaded, wording: Wording, rejects: int | None) -> model.Input:
    plan, raw = table.plan, table.raw
    source = plan.table
    headers = source.headers
    mapping: dict[str, model.Mapped] = {}
    for name, match in plan.mapping.items():
        names = [headers[i] for i in match.columns]
        cells = (row[i] for row in source.sample for i in match.columns[:1] if row[i].strip())
        samples = list(dict.fromkeys(cells))[:_SAMPLES]
        mapping[name] = model.Mapped(
            column=names[0] if len(names) == 1 else names,
            confidence=match.confidence,
            by=match.by,
            samples=samples,
        )
    said = [*source.warnings, *plan.warnings, *table.warnings]
    styles = table.casts.fields.items() if table.casts else ()
    return model.Input(
        name=source.name,
        sha256=source.sha256,
        kind=plan.kind,
        crm=plan.crm,
        format=source.format,
        encoding=source.encoding,
        delimiter=source.delimiter,
        sheet=source.sheet,
        header_row=source.header_row,
        rows=model.Rows(
            read=raw.read,
            imported=table.imported,
            merged=table.merged,
            rejected=len(raw.rejects),
            skipped=sum(raw.skipped.values()),
        ),
        skipped={k: n for k, n in raw.skipped.items() if n},
        joined_on=_joined_on(table),
        used=table.used,
        rejects=[_reject(r) for r in raw.rejects[:rejects]],
        bad_cells=[_reject(r) for r in table.bad_cells[:rejects]],
        mapping=mapping,
        unmapped=[headers[i] for i in plan.unmapped],
        formats={n: c.style for n, c in styles if c.style},
        warnings=[notice(n, wording) for n in said],
    )


def _joined_on(table: Loaded) -> model.JoinedOn | None:
    join = table.join
    if join is None:
        return None
    return model.JoinedOn(column=join.column, deals_column=join.deals_column, matched=join.matched)


def _reject(issue: RowIssue) -> model.Reject:
    return model.Reject(line=issue.line, reason=issue.reason, text=issue.text)


def describe_portfolio(session: Session) -> model.Portfolio:
    """Deals by status, and the money of the open ones by currency."""
    counted = dict(
        session.rows("SELECT coalesce(status, 'unknown'), count(*) FROM judged GROUP BY ALL")
    )
    amounts = session.rows(
        "SELECT currency, sum(amount), count(*) FROM judged WHERE is_open AND amount > 0"
        " GROUP BY currency ORDER BY currency"
    )
    statuses = ("open", "won", "lost", "ignored", "unknown")
    return model.Portfolio(
        deals=sum(counted.values()),
        **{s: counted.get(s, 0) for s in statuses},
        open_amount={currency: plain(total) for currency, total, _ in amounts},
        with_amount=sum(n for _, _, n in amounts),
    )


def describe_stages(case: Case) -> list[model.Stage]:
    """Every stage with its status, kind and place, in the order of the pipeline."""
    from crm_audit import texts

    counts: dict[int, dict[str, int]] = {}
    for number, status, n in case.session.rows(
        "SELECT stage_no, status, count(*) FROM judged WHERE stage_no IS NOT NULL"
        " AND status IN ('open', 'won', 'lost', 'ignored') GROUP BY ALL"
    ):
        counts.setdefault(number, {})[status] = n
    amounts: dict[int, dict[str, Any]] = {}
    for number, currency, amount in case.session.rows(
        "SELECT stage_no, currency, sum(amount) FROM judged WHERE is_open AND amount > 0"
        " AND stage_no IS NOT NULL GROUP BY ALL ORDER BY ALL"
    ):
        amounts.setdefault(number, {})[currency] = plain(amount)
    stalled: dict[int, tuple[int, dict[str, Any]]] = {}
    for number, currency, n, amount in case.session.rows(
        "SELECT stage_no, currency, count(*), sum(amount) FROM judged WHERE is_open AND stalled"
        " AND stage_no IS NOT NULL GROUP BY ALL ORDER BY ALL"
    ):
        before, sums = stalled.get(number, (0, {}))
        more = {currency: plain(amount)} if amount else {}
        stalled[number] = (before + n, sums | more)
    listed: list[model.Stage] = []
    for row in case.stage_book.rows:
        deals = counts.get(row.number, {})
        seen = {s for s in ("open", "won", "lost") if deals.get(s)}
        limit, origin = case.derived.limits[row.number]
        label = texts.stage_label(row.name, status=row.status)
        listed.append(
            model.Stage.model_validate(
                {
                    "pipeline": row.pipeline or None,
                    "stage": row.name,
                    "status": "mixed" if len(seen) > 1 and row.status != "ignored" else row.status,
                    "kind": row.kind,
                    "why": texts.explain(label, case.wording),
                    "post_sale": row.post_sale,
                    "order": row.rank,
                    "deals": {s: deals.get(s, 0) for s in ("open", "won", "lost")},
                    "limit_days": limit if row.rank is not None else None,
                    "limit_origin": origin if row.rank is not None else None,
                    "open_amount": amounts.get(row.number, {}),
                    "proposed": texts.client_decision_name(row.name, case.wording.language) or ""
                    if row.rank is not None and row.kind != "client_decision"
                    else "",
                    "stalled": stalled.get(row.number, (0, {}))[0],
                    "stalled_amount": stalled.get(row.number, (0, {}))[1],
                }
            )
        )
    listed.sort(key=lambda s: (s.pipeline or "", s.order or 10_000, s.status, s.stage))
    return listed
