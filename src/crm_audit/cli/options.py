"""Options that several commands share, and how they become the options of an audit."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from crm_audit.config import Config, load_config
from crm_audit.errors import UsageError

if TYPE_CHECKING:
    from crm_audit.audit import AuditOptions

Language = Literal["ru", "en"]

Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="Exports: deals, stage history, activities, contacts, in any mix; - is standard input.",
    ),
]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Judge as of this day (YYYY-MM-DD).")]
Lang = Annotated[str | None, typer.Option("--lang", help="ru or en; default: as the export.")]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="Use this crm-audit.toml.")]
RulesFolder = Annotated[
    Path | None, typer.Option("--rules", help="A folder of rules that adds to the bundled ones.")
]
Columns = Annotated[
    list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="Which column is a field.")
]
Stages = Annotated[
    list[str] | None,
    typer.Option("--stage", metavar="NAME=STATUS", help="A stage is open, won, lost or ignore."),
]
Crm = Annotated[str | None, typer.Option("--crm", help="The CRM, if it is not recognised.")]
Encoding = Annotated[str | None, typer.Option("--encoding", help="Encoding of text files.")]
Delimiter = Annotated[str | None, typer.Option("--delimiter", help="Delimiter of text files.")]
Sheet = Annotated[str | None, typer.Option("--sheet", help="Read this sheet of a workbook only.")]
DayFirst = Annotated[
    bool | None, typer.Option("--day-first/--month-first", help="How 01/02/2026 is read.")
]
ShowPii = Annotated[
    bool, typer.Option("--show-pii", help="Show people, phones and e-mails of the client.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on standard error.")]
NoProgress = Annotated[bool, typer.Option("--no-progress", help="No progress bar.")]
Formats = Annotated[
    str | None,
    typer.Option("--format", "-f", help="terminal, html, markdown, json, junit, csv; with commas."),
]
Output = Annotated[
    str | None,
    typer.Option("--output", "-o", help="File, or folder for several formats; - is stdout."),
]


@dataclass(frozen=True)
class Given:
    """What the command line and the configuration file say together; the command line wins."""

    config: Config
    audit: AuditOptions
    language: Language
    show_pii: bool


def gather(
    *,
    as_of: str | None = None,
    lang: str | None = None,
    config: Path | None = None,
    rules: Path | None = None,
    columns: list[str] | None = None,
    stages: list[str] | None = None,
    crm: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    day_first: bool | None = None,
    show_pii: bool = False,
    everything: bool = False,
) -> Given:
    """Options of an audit; `everything` asks for all findings, not the worst of each rule."""
    settings = load_config(config, Path.cwd())
    language = _language(lang or settings.get("lang"))

    from crm_audit.audit import SHOWN, AuditOptions
    from crm_audit.engine.load import LoadOptions
    from crm_audit.readers.raw import ReadOptions
    from crm_audit.recognise.plan import RecogniseOptions

    named_stages = _statuses(settings.get("stages", {}) | _pairs(stages, "--stage"))
    mapped = {k: _column_list(v) for k, v in settings.get("columns", {}).items()}
    mapped |= {k: (v,) for k, v in _pairs(columns, "--map").items()}
    folder = rules or (Path(settings.get("rules")) if settings.get("rules") else None)
    delimiter = delimiter or settings.get("delimiter")
    audit = AuditOptions(
        as_of=_date(as_of or settings.get("as_of")),
        language=language,
        speak=language or speaks(),
        read=ReadOptions(
            encoding=encoding or settings.get("encoding"),
            delimiter={"tab": "\t", "\\t": "\t"}.get(delimiter or "", delimiter),
            sheet=sheet or settings.get("sheet"),
        ),
        recognise=RecogniseOptions(
            crm=crm or settings.get("crm"), columns=mapped, stages=named_stages
        ),
        load=LoadOptions(
            day_first=settings.get("day_first") if day_first is None else day_first,
            stages=named_stages,
            optional_stages=frozenset(settings.get("optional_stages", [])),
        ),
        rules=folder,
        thresholds=settings.get("thresholds", {}),
        severities=settings.get("severity", {}),
        limit=None if everything else SHOWN,
    )
    return Given(settings, audit, language or speaks(), show_pii or settings.get("show_pii", False))


def speaks() -> Language:
    """The language of messages where no option says it: Russian in a Russian locale."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            return "ru" if value.lower().startswith("ru") else "en"
    return "en"


def _language(lang: str | None) -> Language | None:
    if lang is not None and lang not in ("ru", "en"):
        raise UsageError(f"--lang {lang}: use ru or en")
    return cast("Language | None", lang)


def _date(given: Any) -> date | None:
    if given is None or isinstance(given, date):
        return given
    match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", str(given))
    try:
        if match:
            return date(*map(int, match.groups()))
    except ValueError:
        pass
    raise UsageError(f"--as-of {given}: use a date such as 2026-11-01")


def _pairs(given: list[str] | None, option: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in given or []:
        name, mark, value = pair.rpartition("=") if option == "--stage" else pair.partition("=")
        if not mark or not name.strip() or not value.strip():
            raise UsageError(f"{option} {pair}: use NAME=VALUE")
        found[name.strip()] = value
    return found


def _statuses(stages: dict[str, str]) -> dict[str, str]:
    for name, status in stages.items():
        if status not in ("open", "won", "lost", "ignore", "ignored"):
            raise UsageError(f"--stage {name}={status}: use open, won, lost or ignore")
    return stages


def _column_list(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (str(value),)
