"""The report: everything an audit found, as data, in the shape of `--format json`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from crm_audit.model.forecast import Forecast as Forecast
from crm_audit.model.forecast import ForecastPart as ForecastPart
from crm_audit.model.forecast import TopDeal as TopDeal
from crm_audit.model.gates import Gates
from crm_audit.model.ledger import Ledger, Sanity
from crm_audit.model.movement import Movement
from crm_audit.model.parts import Answer as Answer
from crm_audit.model.parts import Language as Language
from crm_audit.model.parts import Money as Money
from crm_audit.model.parts import Origin as Origin
from crm_audit.model.parts import Part as Part
from crm_audit.model.parts import QuestionId as QuestionId
from crm_audit.model.parts import Severity as Severity
from crm_audit.model.parts import Share01 as Share01
from crm_audit.model.parts import Source as Source
from crm_audit.model.parts import Subject as Subject
from crm_audit.model.stalls import StalledDeal as StalledDeal
from crm_audit.model.stalls import Stalls as Stalls
from crm_audit.model.symptoms import CopiedSteps, Funnel, Losses, People

SCHEMA: Literal["crm-audit/report/1"] = "crm-audit/report/1"

Verdict = Literal["records_history", "manages", "inconclusive"]


class Notice(Part):
    """Something worth saying: a code and its values; `text` is that in the report's language."""

    code: str
    values: dict[str, Any] = {}
    text: str = ""


class Tool(Part):
    name: str = "crm-audit"
    version: str
    rules_digest: str = Field(description="sha256 of the rules that were applied")


class Rows(Part):
    """read = imported + merged + rejected + skipped, always."""

    read: int
    imported: int
    merged: int
    rejected: int
    skipped: int


class JoinedOn(Part):
    """The column by which a table was joined to the deals."""

    column: str
    deals_column: str
    matched: Share01 = Field(description="share of the rows with a deal")


class Reject(Part):
    """A row, or a cell of it, that could not be imported."""

    line: int
    reason: str
    text: str


class Mapped(Part):
    column: str | list[str]
    confidence: Share01
    by: Literal["profile", "name", "values", "option"]
    samples: list[str] = []


class Input(Part):
    """One table of one file, and how it was read."""

    name: str
    sha256: str
    kind: Literal["deals", "stage_events", "activities", "contacts", "stages", "not_deals"]
    crm: str
    format: str
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    header_row: int | None
    rows: Rows
    skipped: dict[str, int] = Field({}, description="rows skipped, by what they were")
    joined_on: JoinedOn | None = None
    used: bool = Field(True, description="false: set aside, see warnings")
    rejects: list[Reject] = []
    bad_cells: list[Reject] = Field([], description="cells set to unknown, their rows imported")
    mapping: dict[str, Mapped] = {}
    unmapped: list[str] = []
    formats: dict[str, str] = Field({}, description="date or number style chosen, by column")
    warnings: list[Notice] = []


class StageDeals(Part):
    open: int
    won: int
    lost: int


class Stage(Part):
    pipeline: str | None
    stage: str
    status: Literal["open", "won", "lost", "mixed", "ignored"]
    kind: str | None
    why: str = Field("", description="the words of the name that decided its kind")
    post_sale: bool
    order: int | None = Field(description="place in its pipeline, from 1")
    deals: StageDeals
    limit_days: float | None = Field(None, description="days after which a deal here is stalled")
    limit_origin: Origin | None = None
    open_amount: Money = {}
    stalled: int = Field(0, description="open deals here that stand past the limit")
    stalled_amount: Money = Field({}, description="money of those deals, part of `open_amount`")
    proposed: str = Field("", description="a name that says the client's decision, if one fits")


class Portfolio(Part):
    deals: int
    open: int
    won: int
    lost: int
    ignored: int
    unknown: int
    open_amount: Money
    with_amount: int = Field(0, description="open deals that have an amount")


class VerdictPart(Part):
    answer: Verdict
    no_min: int
    no_max: int
    threshold: int


class Share(Part):
    """A share whose low end takes unknown as false and whose high end takes it as true."""

    low: Share01 | None
    high: Share01 | None
    of: int


class AmountShare(Part):
    low: Share01
    high: Share01


class Check(Part):
    """One measured condition of a question."""

    id: str
    title: str
    answer: Answer
    direction: Literal["at_least", "at_most"]
    threshold: Share01
    amount_threshold: Share01 | None = None
    origin: Origin = "default"
    share: Share
    amount_share: dict[str, AmountShare] = {}
    decided_by: Literal["count", "count_and_amount", "none_stalled", "nothing_to_look_at"] = "count"
    note: str = Field("", description="what must be known to read the figure")


class Gap(Part):
    """Something that could not be told: which fields are missing and where to get them."""

    question: QuestionId
    fields: list[str]
    text: str = Field(description="what is missing, in words")
    export: str = Field(description="where to click in that CRM to export it")


class Question(Part):
    number: int
    id: QuestionId
    text: str
    answer: Answer
    checks: list[Check]
    reason: str = Field(description="one sentence: what the answer stands on")
    amount: Money = Field({}, description="money of the open deals that fail the question")
    needs: list[str]
    to_yes: str = Field(description="what would make it yes")


class Layer(Part):
    id: Literal["funnel", "gates", "card", "rhythm"]
    title: str
    grade: Literal["strong", "weak", "unknown"]
    reason: str


class Param(Part):
    value: float | int | str | bool
    origin: Origin
    text: str = ""


class RuleResult(Part):
    """A rule, its text in the report's language and what it found."""

    id: str
    question: QuestionId | None
    layer: str | None = None
    title: str
    why: str
    fix: str
    ask: str = ""
    severity: Severity
    scope: str
    params: dict[str, Param]
    hits: int
    assessed: int
    unknown: int
    amount: Money


class Finding(Part):
    """Trouble in one deal (or stage): evidence only; the text is the rule's."""

    id: str
    rule: str
    question: QuestionId | None
    severity: Severity
    subject: Subject
    deal_id: str | None = None
    deal_name: str | None = None
    stage: str | None = None
    owner: str | None = None
    amount: float | None = None
    currency: str | None = None
    facts: dict[str, Any] = {}
    source: Source | None = None


class Leaks(Part):
    """Amounts by leak; a deal stands under the first that fits, never under two."""

    frozen: float = 0.0
    slipped: float = 0.0
    unproven: float = 0.0
    at_risk: float = 0.0
    lost_without_reason: float = 0.0
    not_judged: float = 0.0
    clear: Annotated[float, Field(description="open amount with none of these leaks")] = 0.0
    deals: dict[str, int] = {}


class Headline(Part):
    """An answer for the first screen: one sentence, the figures in it, up to three supports."""

    id: Literal["will_close", "why_stuck", "money_lost"]
    title: str
    text: str
    supports: list[str] = []


class SelfCheckRow(Part):
    number: int
    id: QuestionId
    text: str
    said: Answer
    data: Answer | None = None
    evidence: str = Field("", description="what the data's answer stands on")
    remark: str = Field("", description="whether the two agree, in words")


class SelfCheck(Part):
    """The owner's own answers, each beside the data's where there are exports."""

    rows: list[SelfCheckRow]
    verdict: VerdictPart = Field(description="by the owner's own answers")
    verdict_text: str
    data_verdict: VerdictPart | None = None
    data_verdict_text: str = ""


class Inspection(Part):
    """How the files were read, before anything is judged."""

    language: Language
    inputs: list[Input]
    stages: list[Stage]
    gaps: list[Gap] = []


class Report(Part):
    """The whole audit, as `--format json` writes it."""

    schema_: Literal["crm-audit/report/1"] = Field(SCHEMA, alias="schema")
    tool: Tool
    as_of: date | None
    as_of_basis: Literal["option", "latest_event", "none"]
    as_of_note: str = ""
    language: Language
    inputs: list[Input]
    stages: list[Stage]
    funnel: Funnel | None = None
    portfolio: Portfolio
    verdict: VerdictPart
    verdict_text: str = ""
    headlines: list[Headline] = []
    questions: list[Question]
    gaps: list[Gap] = []
    layers: list[Layer]
    rules: list[RuleResult]
    findings: list[Finding]
    findings_total: int = 0
    worst: list[str] = Field([], description="ids of the ten findings to look at first")
    stalls: Stalls
    gates: Gates
    people: People | None = None
    movement: Movement | None = Field(None, description="null: no deals")
    copied_steps: CopiedSteps | None = Field(None, description="null: no texts of steps")
    losses: Losses | None = Field(None, description="null: no deal was lost in the window")
    forecast: ForecastPart
    money: dict[str, Leaks]
    money_range: dict[str, dict[str, dict[str, float]]] = {}
    ledger: Ledger | None = None
    sanity: Sanity | None = None
    thresholds: dict[str, Param] = {}
    warnings: list[Notice] = []

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
