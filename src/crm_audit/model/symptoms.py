"""Parts of the report about texts and people: stages, copied steps, losses, roles at the client."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from crm_audit.model.parts import Money, Part, Share01

Role = Literal["approver", "payer", "procurer", "legal", "security", "technical"]


class Funnel(Part):
    """What the open stages are named after (the article's first symptom)."""

    stages: int = Field(description="open stages of sales pipelines")
    client_decision: int
    seller_action: int
    state_vague: int
    share: Share01 | None = Field(description="of them client decisions; null without stages")
    threshold: Share01


class CopiedStep(Part):
    """One text of a next step with the open deals on which it stands."""

    text: str = Field(description="as it is written most often")
    kind: str = Field(description="what it says: `empty_talk`, `seller_task` and so on")
    deals: int
    share: Share01 = Field(description="of the open deals that have a step")
    amount: Money = {}


class CopiedSteps(Part):
    """Next steps that read the same on many deals; case, digits and dates are folded."""

    of: int = Field(description="open deals that have a step with a text")
    deals: int = Field(description="open deals whose step is copied")
    amount: Money = {}
    texts: list[CopiedStep] = Field(default=[], description="most deals first")


class LossReason(Part):
    """One reason of lost deals; `missing` is no reason at all."""

    text: str
    kind: Literal["useful", "useless", "technical", "missing"]
    why: str = Field(default="", description="the words that decided its kind")
    deals: int
    amount: Money = {}


class ProposedReason(Part):
    """A reason for the list of the CRM: it names the one who decided, or the factor."""

    id: str
    who: str = Field(description="who decided, or what")
    text: str


class Losses(Part):
    """Why the deals of the window were lost, as the CRM has it."""

    lost: int = Field(description="deals lost in the window")
    unknown: int = Field(description="of them those whose export has no such column")
    kinds: dict[str, int] = Field({}, description="deals by kind of their reason")
    reasons: list[LossReason] = Field(default=[], description="most deals first")
    different: int = Field(default=0, description="different reasons in all")
    proposed: list[ProposedReason] = Field(
        default=[],
        description="a list of reasons to replace the present one, where too few are useful",
    )


class MoneyShare(Part):
    low: Share01
    high: Share01


class RoleShare(Part):
    """Share of open deals in which a role is known: null where the export cannot tell."""

    low: Share01 | None
    high: Share01 | None
    amount: dict[str, MoneyShare] = Field(
        default={}, description="the same by money, each currency apart"
    )


class RolesAtStage(Part):
    """The roles known in the open deals of one stage; without a stage: in all open deals."""

    pipeline: str | None = None
    stage: str | None = None
    order: int | None = None
    deals: int
    roles: dict[Role, RoleShare]


class FirstSeen(Part):
    """The first stage at which a role is known in enough of the deals that stand there."""

    pipeline: str | None = None
    role: Role
    answer: Literal["stage", "never", "unknown"]
    stage: str | None = None
    order: int | None = None
    of: int = Field(description="open stages of the pipeline")


class SingleThreaded(Part):
    """Open deals that hang on one known person at the client; null: the export cannot tell."""

    deals: int | None
    nobody: int | None = Field(description="open deals in which nobody at the client is known")
    of: int = Field(description="open deals of which it can be told")
    unknown: int
    amount: Money = {}


class People(Part):
    """Who at the client is known, and how late (the article's third symptom)."""

    total: RolesAtStage
    stages: list[RolesAtStage] = Field(
        default=[], description="open stages that hold deals, in order"
    )
    first_seen: list[FirstSeen] = []
    threshold: Share01 = Field(description="share of deals from which a role has appeared")
    single_threaded: SingleThreaded
