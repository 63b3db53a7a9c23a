"""The Python API: an audit with its report as models and its tables as data frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_audit.audit import AuditOptions, audit
from crm_audit.engine import canonical
from crm_audit.engine.session import Session, statements
from crm_audit.errors import UsageError
from crm_audit.model.deal import Deal
from crm_audit.model.report import Finding, Question, Report, VerdictPart
from crm_audit.wording import Language

if TYPE_CHECKING:
    import pandas as pd


MOVES = (
    "deal_id", "from_stage", "to_stage", "moved_at", "changed_by", "input", "line", "forward",
    "bulk", "same_day", "jump", "clean",
)  # fmt: skip
"""The columns of `Audit.moves`."""


class Audit:
    """A finished audit. `report` is the whole of it; the rest are views on it."""

    def __init__(
        self, report: Report, deals: list[dict[str, Any]], moves: dict[str, Any] | None = None
    ) -> None:
        self.report = report
        self._deals = deals
        self._moves = moves or {}

    @property
    def verdict(self) -> VerdictPart:
        """`records_history`, `manages` or `inconclusive`, with the count of "no"."""
        return self.report.verdict

    @property
    def questions(self) -> list[Question]:
        """The six answers with their checks."""
        return self.report.questions

    @property
    def findings(self) -> pd.DataFrame:
        """Every finding, a row each, with the columns of the JSON report."""
        import pandas as pd

        rows = [f.model_dump() for f in self.report.findings]
        return pd.DataFrame(rows, columns=list(Finding.model_fields))

    @property
    def deals(self) -> pd.DataFrame:
        """The canonical deals, a row each; `extra` holds the columns that were not understood."""
        import pandas as pd

        return pd.DataFrame(self._deals, columns=list(Deal.model_fields))

    @property
    def moves(self) -> pd.DataFrame:
        """Every move to another open stage or to won, a row each, as the history has it.

        `input` and `line` say where it stands; `bulk`, `jump` and `clean` are missing where the
        export cannot tell. No rows without a stage history.
        """
        import pandas as pd

        frame = pd.DataFrame(self._moves, columns=list(MOVES))
        return frame.astype(
            dict.fromkeys(("forward", "bulk", "same_day", "jump", "clean"), "boolean")
        )

    def iter_deals(self) -> Iterator[Deal]:
        """The canonical deals as models, one at a time."""
        for row in self._deals:
            known = row if row["status"] in ("open", "won", "lost") else {**row, "status": None}
            yield Deal.model_validate(known)

    def write(self, path: str | Path, *, show_pii: bool = False) -> None:
        """Write the report; the format goes by the suffix (.html, .md, .json, .xml, .csv, .txt)."""
        from crm_audit.reporters import ReporterOptions, format_of, render, write

        name = format_of(path, self.report.language)
        write(render(self.report, name, ReporterOptions(show_pii=show_pii)), Path(path))


def diagnose(
    *inputs: str | Path | pd.DataFrame,
    as_of: str | date | None = None,
    lang: Language | None = None,
    thresholds: dict[str, float] | None = None,
    calendar: str | None = None,
    playbook: str | Path | None = None,
    options: AuditOptions | None = None,
) -> Audit:
    """Audit exports: paths of files or pandas DataFrames, in any mix.

    `as_of` is a date or `YYYY-MM-DD`; `calendar` (RU, DE-BY) counts working days; `playbook` is the
    path of a playbook.toml. `options` takes the place of the other arguments. Raises
    InputRefusedError for bad input and UsageError for bad arguments, each with one clear line.
    """
    chosen = options or AuditOptions(
        as_of=_day(as_of),
        language=lang,
        thresholds=thresholds or {},
        calendar=calendar,
        playbook=Path(playbook) if playbook is not None else None,
        limit=None,
    )
    kept: list[dict[str, Any]] = []
    moves: dict[str, Any] = {}

    def keep(session: Session) -> None:
        kept.extend(_deals(session))
        moves.update(session.columns(statements("moves_told")[0]))

    report = audit(list(inputs), chosen, keep=keep)
    return Audit(report, kept, moves)


def _day(given: str | date | None) -> date | None:
    if given is None or isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise UsageError(f"as_of {given!r}: use a date such as 2026-11-01") from None


def _deals(session: Session) -> Sequence[dict[str, Any]]:
    fields = ", ".join(canonical.columns("deals"))
    rows = session.dicts(f"SELECT table_no, row_id, {fields} FROM deals ORDER BY deal_no")
    extras: dict[int, dict[int, dict[str, str]]] = {}
    for number, column, header in session.rows("SELECT * FROM extra_columns ORDER BY ALL"):
        cells = extras.setdefault(number, {})
        for row_id, cell in session.rows(
            f"SELECT rowid, c{column} FROM raw_{number} WHERE c{column} IS NOT NULL"
        ):
            kept = cells.setdefault(row_id, {})
            kept[header if header not in kept else f"{header}.{column}"] = cell
    for row in rows:
        extra = extras.get(int(row.pop("table_no")), {})
        row["extra"] = extra.get(int(row.pop("row_id")), {})
    return rows
