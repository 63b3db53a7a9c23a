"""Options that several commands share, and how they become the options of an audit."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crm_audit.cli.speech import Language, speaks
from crm_audit.errors import UsageError

if TYPE_CHECKING:
    from crm_audit.audit import AuditOptions
    from crm_audit.config import Config
    from crm_audit.engine.rules import Rulebook
    from crm_audit.wording import Wording

Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE",
        help="Exports: deals, stage history, activities, contacts, in any mix; - is stdin.",
    ),
]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Judge as of this day (YYYY-MM-DD).")]
Lang = Annotated[str | None, typer.Option("--lang", help="ru or en; default: as the export.")]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="Use this crm-audit.toml.")]
RulesFolder = Annotated[
    Path | None, typer.Option("--rules", help="A folder of rules that adds to the bundled ones.")
]
PlaybookFile = Annotated[
    Path | None,
    typer.Option("--playbook", help="Your own gate conditions, see docs/playbook.md."),
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
Sheet = Annotated[
    str | None,
    typer.Option("--sheet", help="Read only this sheet of a workbook, or the table of this title."),
]
DayFirst = Annotated[
    bool | None, typer.Option("--day-first/--month-first", help="How 01/02/2026 is read.")
]
Calendar = Annotated[
    str | None,
    typer.Option("--calendar", help="Count working days of a country: RU, KZ, DE-BY."),
]
Rejects = Annotated[
    Path | None,
    typer.Option("--rejects", help="Write rows and cells that could not be imported to this CSV."),
]
ShowPii = Annotated[
    bool, typer.Option("--show-pii", help="Show people, phones and e-mails of the client.")
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say nothing but errors on standard error.")
]
NoProgress = Annotated[bool, typer.Option("--no-progress", help="No progress bar.")]
Formats = Annotated[
    str | None,
    typer.Option("--format", "-f", help="terminal, html, markdown, json, junit, csv, xlsx."),
]
PlainFormat = Annotated[str, typer.Option("--format", "-f", help="terminal or json.")]
Output = Annotated[
    str | None,
    typer.Option("--output", "-o", help="File, or folder for several formats; - is stdout."),
]
_STATUSES = ("open", "won", "lost", "ignore")


@dataclass(frozen=True)
class Settings:
    """The configuration file and the language: what every command needs before anything else.

    `language` is the one asked for (None: that of the export); `say` speaks it, or the locale's.
    """

    config: Config
    language: Language | None
    say: Wording

    def rulebook(self, rules: Path | None = None) -> Rulebook:
        """The rules and thresholds that hold under these settings."""
        from crm_audit.engine.rules import load_rulebook

        get = self.config.get
        folder = rules or self.config.rules
        return load_rulebook(folder, get("thresholds", {}), get("severity", {}))


def settings(lang: str | None, config: Path | None = None, *, bundled: bool = False) -> Settings:
    """The settings of a run; with `bundled`, no configuration file is looked for."""
    from crm_audit.config import Config, load_config
    from crm_audit.wording import Wording

    say = Wording(_language(lang, Wording(speaks())) or speaks())
    found = Config() if bundled else load_config(config, Path.cwd(), say)
    language = _language(lang or found.get("lang"), say)
    return Settings(found, language, Wording(language or speaks()))


def gather(
    given: Settings,
    *,
    as_of: str | None = None,
    rules: Path | None = None,
    playbook: Path | None = None,
    columns: list[str] | None = None,
    stages: list[str] | None = None,
    crm: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    day_first: bool | None = None,
    calendar: str | None = None,
    top: int | None = None,
    target: float | None = None,
    everything: bool = False,
    all_rejects: bool = False,
) -> AuditOptions:
    """Options of an audit: the command line, then the configuration file, then defaults.

    `everything` asks for all findings, not the worst of each rule; `all_rejects` for all rows and
    cells that could not be imported; `top` is the number of deals on the
    sheet, `target` money of the coming period.
    """
    from crm_audit.audit import REJECTS_SHOWN, SHOWN, AuditOptions
    from crm_audit.engine.loaded import LoadOptions
    from crm_audit.readers.raw import ReadOptions
    from crm_audit.recognise.plan import RecogniseOptions

    get, say = given.config.get, given.say
    named = _statuses(get("stages", {}), given.config.name, say)
    named |= _statuses(_pairs(stages, "--stage", "NAME=open|won|lost|ignore", say), "--stage", say)
    mapped = dict(_columns(get("columns", {})))
    mapped |= {k: (v,) for k, v in _pairs(columns, "--map", "FIELD=COLUMN", say).items()}
    delimiter = delimiter or get("delimiter")
    return AuditOptions(
        as_of=_date(as_of or get("as_of"), say),
        language=given.language,
        speak=say.language,
        read=ReadOptions(
            encoding=_encoding(encoding or get("encoding"), say),
            delimiter=_delimiter(delimiter, say),
            sheet=sheet or get("sheet"),
        ),
        recognise=RecogniseOptions(crm=crm or get("crm"), columns=mapped, stages=named),
        load=LoadOptions(
            day_first=get("day_first") if day_first is None else day_first,
            stages=named,
            optional_stages=frozenset(get("optional_stages", [])),
        ),
        calendar=calendar or get("calendar"),
        target=_target(get("target") if target is None else target, say),
        rules=rules or given.config.rules,
        playbook=playbook or given.config.playbook,
        thresholds=get("thresholds", {}) | ({} if top is None else {"top_deals": top}),
        severities=get("severity", {}),
        limit=None if everything else SHOWN,
        rejects=None if all_rejects else REJECTS_SHOWN,
    )


def one_of(value: str, option: str, known: tuple[str, ...], say: Wording) -> str:
    """The value, if it is one of the known ones; else UsageError naming them."""
    if value not in known:
        raise UsageError(say("use_one_of", option=option, value=value, known=", ".join(known)))
    return value


def _language(lang: str | None, say: Wording) -> Language | None:
    if lang is None:
        return None
    return "ru" if one_of(lang, "--lang", ("ru", "en"), say) == "ru" else "en"


def _date(given: Any, say: Wording) -> date | None:
    if isinstance(given, datetime):
        return given.date()
    if given is None or isinstance(given, date):
        return given
    match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", str(given))
    try:
        if match:
            return date(*map(int, match.groups()))
    except ValueError:
        pass
    raise UsageError(say("use_a_date", option="--as-of", value=given))


def _target(given: float | None, say: Wording) -> float | None:
    if given is not None and not 0 < given < 1e15:
        raise UsageError(say("use_positive", option="--target", value=given))
    return given


def _encoding(given: str | None, say: Wording) -> str | None:
    if given is None:
        return None
    try:
        return codecs.lookup(given).name
    except LookupError:
        raise UsageError(say("use_an_encoding", value=given)) from None


def _delimiter(given: str | None, say: Wording) -> str | None:
    if given is None:
        return None
    mark = {"tab": "\t", "\\t": "\t"}.get(given, given)
    if len(mark) != 1:
        raise UsageError(say("use_one_character", option="--delimiter", value=given))
    return mark


def _pairs(given: list[str] | None, option: str, form: str, say: Wording) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in given or []:
        name, mark, value = pair.rpartition("=") if option == "--stage" else pair.partition("=")
        if not mark or not name.strip() or not value.strip():
            raise UsageError(say("use_form", option=option, value=pair, form=form))
        found[name.strip()] = value.strip()
    return found


def _statuses(stages: Mapping[str, Any], where: str, say: Wording) -> dict[str, str]:
    return {n: one_of(str(s), f"{where} {n}", _STATUSES, say) for n, s in stages.items()}


def _columns(given: Mapping[str, Any], kind: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """`[columns]` and `[columns.deals]` as pairs: `owner` and `deals.owner` with their headers."""
    for name, value in given.items():
        if isinstance(value, Mapping):
            yield from _columns(value, f"{name}.")
        else:
            yield kind + name, _column_list(value)


def _column_list(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (str(value),)
