"""From canonical tables to facts: the date of the audit, movement, steps, roles, stalls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from crm_audit.engine.gatebook import Gatebook, bind, check_gates
from crm_audit.engine.loaded import Loaded
from crm_audit.engine.meanings import classify_steps, word_tables
from crm_audit.engine.rules import Rulebook
from crm_audit.engine.session import Session
from crm_audit.engine.stages import StageBook
from crm_audit.engine.traces import find_traces, set_limits
from crm_audit.engine.workdays import number_workdays
from crm_audit.playbook import Playbook
from crm_audit.wording import Wording

BASES = {1: "stage_event", 2: "last_activity", 3: "updated", 4: "created"}
_LAST_YEAR = date(2100, 1, 1)
_OUTLIER_DAYS = 30


@dataclass(frozen=True)
class Derived:
    """What was decided for the whole export on the way to the facts."""

    as_of: date | None
    as_of_basis: Literal["option", "latest_event", "none"]
    rewound: bool
    has_history: bool
    basis: str | None
    basis_share: float
    top_currency: str | None
    limits: dict[int, tuple[float, str]]
    calendar: str | None = None
    gatebook: Gatebook | None = None
    unread_steps: int = 0
    """Next steps (texts) in a language that is not read."""


def derive(
    session: Session,
    loaded: Sequence[Loaded],
    stage_book: StageBook,
    rulebook: Rulebook,
    as_of: date | None,
    *,
    wording: Wording,
    calendar: str | None = None,
    playbook: Playbook | None = None,
) -> Derived:
    """Build the table `judged`: one row a deal, every fact true, false or NULL.

    With a `calendar` (RU, DE-BY) stays and stalls are counted in its working days.
    """
    gatebook = Gatebook(playbook, bind(playbook, stage_book)) if playbook else None
    session.run("as_of")
    newest = newest_day(session.rows("SELECT day, n FROM happened ORDER BY day"))
    day = as_of or newest
    rewound = as_of is not None and newest is not None and as_of < newest
    _params(session, loaded, rulebook, day)
    if rewound:
        session.run("rewind")
    workday_share = number_workdays(session, calendar, day, wording)
    set_limits(session, rulebook)
    session.run("moves")
    set_by_client = gatebook.limits() if gatebook else {}
    limits = _limits(session, stage_book, rulebook, workday_share, set_by_client)
    session.run("steps")
    unread = classify_steps(session)
    session.run("ladder")
    session.run("copies")
    word_tables(session)
    session.run("roles")
    find_traces(session)
    session.run("progress")
    basis, share = _basis(session)
    session.con.execute("UPDATE params SET basis = $1", [basis])
    session.run("stalls")
    _reaction_weeks(session, rulebook)
    session.run("episodes")
    _large(session, rulebook.value("key_percentile"))
    session.run("facts")
    top_currency = session.value(
        "SELECT currency FROM deal_facts WHERE is_open AND amount > 0 GROUP BY currency"
        " ORDER BY count(*) DESC, currency LIMIT 1"
    )
    session.con.execute(
        "CREATE TABLE top_deals AS SELECT deal_no, row_number() OVER ("
        " ORDER BY amount DESC, deal_key) AS place FROM deal_facts"
        " WHERE is_open AND amount > 0 AND currency = $1"
        " QUALIFY place <= $2",
        [top_currency, int(rulebook.value("top_deals"))],
    )
    if gatebook is not None:
        gatebook = check_gates(session, loaded, gatebook, rulebook, wording)
    session.con.execute(
        "CREATE TABLE judged AS SELECT f.*, t.place IS NOT NULL AS is_top, t.place AS top_place,"
        f" {_GATES if gatebook else _NO_GATES}"
    )
    # Nearly every query asks for it: a table is quicker to plan and to read than a join.
    session.con.execute("DROP TABLE deal_facts; DROP TABLE facts")
    session.con.execute(
        "CREATE VIEW stage_facts AS SELECT s.stage_no, s.pipeline, s.stage, s.status, s.kind,"
        " s.phase, s.post_sale, s.rank, count(f.deal_no) FILTER (WHERE f.is_open) AS open_deals"
        " FROM stages AS s LEFT JOIN judged AS f USING (stage_no) GROUP BY ALL"
    )
    return Derived(
        as_of=day,
        as_of_basis="option" if as_of else "latest_event" if day else "none",
        rewound=rewound,
        has_history=bool(
            session.value("SELECT count(*) FROM history WHERE seen IS DISTINCT FROM 'first'")
        ),
        basis=BASES[basis] if basis else None,
        basis_share=share,
        top_currency=top_currency,
        limits=limits,
        calendar=calendar,
        gatebook=gatebook,
        unread_steps=unread,
    )


_GATES = """g.gates_passed, g.gates_met, g.gates_missing
FROM deal_facts AS f LEFT JOIN top_deals AS t USING (deal_no)
LEFT JOIN deal_gates AS g USING (deal_no)
"""
_NO_GATES = """CAST(NULL AS INTEGER) AS gates_passed, CAST(NULL AS BOOLEAN) AS gates_met,
  CAST(NULL AS VARCHAR) AS gates_missing
FROM deal_facts AS f LEFT JOIN top_deals AS t USING (deal_no)
"""


def newest_day(days: Sequence[tuple[date, int]]) -> date | None:
    """The newest day with something that happened, outliers left out.

    An outlier is a day after 2100 or more than 30 days after the 99.9th percentile of all moments
    (interpolated, so that one slip of the pen stands out among few). `days` are (day, number of
    moments), in order.
    """
    sound = [(day, n) for day, n in days if day < _LAST_YEAR]
    if not sound:
        return None
    place = 0.999 * (sum(n for _, n in sound) - 1)
    low, high = _at_place(sound, int(place)), _at_place(sound, int(place) + 1)
    percentile = low.toordinal() + (place - int(place)) * (high.toordinal() - low.toordinal())
    return max(d for d, _ in sound if d.toordinal() <= percentile + _OUTLIER_DAYS)


def _at_place(days: Sequence[tuple[date, int]], place: int) -> date:
    """The day of the moment at a place, from 0, of all moments in order."""
    seen = 0
    for day, n in days:
        seen += n
        if place < seen:
            return day
    return days[-1][0]


def _params(session: Session, loaded: Sequence[Loaded], book: Rulebook, as_of: date | None) -> None:
    used = [t for t in loaded if t.used]
    fields = {
        kind: {name for t in used if t.plan.kind == kind for name in t.plan.mapping}
        for kind in ("activities", "contacts", "stage_events")
    }
    # Tasks joined by a contact are seen for some deals only: their absence proves nothing.
    acts = (
        fields["activities"]
        if any(t.join is not None and t.join.by_id for t in used if t.plan.kind == "activities")
        else set()
    )
    session.con.execute(
        "CREATE TABLE params AS SELECT CAST($as_of AS DATE) AS as_of,"
        " CAST(CAST($as_of AS DATE) - to_months(CAST($months AS INTEGER)) AS DATE)"
        " AS window_start, $reaction AS reaction_days, $pushes AS slip_pushes,"
        " $claim AS claim_probability, $tasks AS has_tasks, $done AS has_done,"
        " $subjects AS has_subjects, $contacts AS has_contacts, $people AS has_people,"
        " $pushed AS has_push_history, $copied_deals AS copied_deals,"
        " $copied_share AS copied_share, $long AS long_factor, $weeks AS weeks_before,"
        " CAST(NULL AS INTEGER) AS basis",
        {
            "as_of": as_of,
            "months": int(book.value("window_months")),
            "reaction": int(book.value("reaction_days")),
            "pushes": int(book.value("slip_pushes")),
            "claim": book.value("claim_probability"),
            "tasks": bool(acts & {"due_at", "is_done", "done_at"}),
            "done": bool(acts & {"is_done", "done_at"}),
            "subjects": "subject" in acts,
            "contacts": bool(fields["contacts"] & {"role", "position"}),
            "people": "name" in fields["contacts"],
            "copied_deals": book.value("copied_deals"),
            "copied_share": book.value("copied_share"),
            "long": book.value("stalled_long_factor"),
            "weeks": int(book.value("reaction_weeks_before")),
            "pushed": "expected_close" in fields["stage_events"],
        },
    )


def _large(session: Session, share: float) -> None:
    """The amount from which a deal is key, by pipeline and currency with four amounts."""
    session.con.execute(
        "CREATE TABLE large AS SELECT coalesce(pipeline, '') AS pipeline,"
        f" coalesce(currency, 'XXX') AS currency, quantile_cont(amount, {float(share)}) AS least"
        " FROM open_deals WHERE amount > 0 GROUP BY ALL HAVING count(*) >= 4"
    )


def _limits(
    session: Session,
    stage_book: StageBook,
    book: Rulebook,
    workday_share: float,
    set_by_client: Mapping[int, float],
) -> dict[int, tuple[float, str]]:
    """Days after which a deal in a stage is stalled: own won deals, shrunk towards the default.

    A limit that the client has set (by the number of the stage) goes before both.
    """
    own = {
        no: (median, n)
        for no, median, n in session.rows(
            "SELECT stage_no, median_days, n FROM stage_times ORDER BY stage_no"
        )
    }
    depth: dict[str, int] = {}
    for row in stage_book.rows:
        depth[row.pipeline] = max(depth.get(row.pipeline, 0), row.rank or 0)

    def set_limit(name: str) -> float:
        """A limit in the days that are counted: those of a configuration are meant so already."""
        given = book.thresholds[name]
        return given.value if given.origin == "config" else given.value * workday_share

    early = book.thresholds["limit_early"]
    limits: dict[int, tuple[float, str]] = {-1: (round(set_limit(early.id), 1), early.origin)}
    for row in stage_book.rows:
        name = default_limit(row.phase, row.rank, depth[row.pipeline])
        days = set_limit(name)
        origin = book.thresholds[name].origin
        if row.number in own:
            median, n = own[row.number]
            full = book.value("limit_own_deals")
            weight = 1.0 if n >= full else n / (n + full)
            mine = book.value("limit_factor") * median
            days = weight * mine + (1 - weight) * days
            origin = "own_data"
        limits[row.number] = (round(max(days, set_limit("limit_least")), 1), origin)
    limits |= {number: (days, "config") for number, days in set_by_client.items()}
    session.con.execute("CREATE TABLE stage_limits (stage_no INTEGER, limit_days DOUBLE)")
    session.fill(
        "stage_limits", {"stage_no": list(limits), "limit_days": [v[0] for v in limits.values()]}
    )
    return limits


def _reaction_weeks(session: Session, book: Rulebook) -> None:
    """The weeks around a limit in which reactions are counted: before it, and the time for one."""
    before, after = int(book.value("reaction_weeks_before")), book.value("reaction_days") / 7
    session.con.execute("CREATE TABLE reaction_weeks (week INTEGER)")
    session.fill("reaction_weeks", {"week": list(range(-before, max(1, round(after))))})


def default_limit(phase: int | None, rank: int | None, depth: int) -> str:
    """The threshold that holds for a stage without data of its own."""
    if phase is not None and phase <= 6:
        return "limit_early"
    if phase == 7:
        return "limit_offer"
    if phase == 9:
        return "limit_approval"
    if phase is not None:
        return "limit_contract"
    place = (rank or 1) / max(depth, 1)
    if place <= 1 / 3:
        return "limit_early"
    return "limit_offer" if place <= 2 / 3 else "limit_contract"


def _basis(session: Session) -> tuple[int | None, float]:
    """The best kind of date that at least half of the open deals have.

    A date set aside as a bulk edit counts here: what others edited is no reason to look away from
    the dates of the rest.
    """
    row = session.rows(
        "SELECT count(*), count(*) FILTER (WHERE stage_at IS NOT NULL OR entered_bulk),"
        " count(touch_at), count(*) FILTER (WHERE updated_at IS NOT NULL OR updated_bulk),"
        " count(created_at) FROM progress LEFT JOIN bulk_edits USING (deal_no)"
    )[0]
    total, counts = row[0], row[1:]
    for number, count in enumerate(counts, 1):
        if total and count * 2 >= total:
            return number, round(count / total, 4)
    return (4, 0.0) if any(counts) else (None, 0.0)
