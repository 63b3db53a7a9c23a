"""Parts of the report about money: what each leak may cost, and checks of the pipeline's size."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from crm_audit.model.parts import Money, Part, Share01


class Rate(Part):
    """A share with its interval (Wilson's): `low` and `high` hold it in 80 of 100 such samples."""

    true: int
    of: int
    share: Share01
    low: Share01
    high: Share01


class LedgerRow(Part):
    """One leak in one currency: the money that stands there and what is expected to be lost."""

    leak: Literal["frozen", "slipped", "unproven", "at_risk", "lost_without_reason"]
    currency: str
    at_stake: float = Field(description="sum of the deals' amounts")
    deals: int
    low: float
    expected: float
    high: float
    formula: str = Field(description="how the three follow from the inputs, in words")


class MonthMore(Part):
    """What a month more of standing still costs, from deals that stood past their limit before.

    `resumed` moved within 30 days after the limit, `stood` did not; both closed since. A frozen
    deal loses the chance of all of them less the chance of those that stood on.
    """

    resumed: Rate
    stood: Rate
    drop: float = Field(ge=-1, le=1, description="chance of winning lost in that month")
    low: float = Field(ge=-1, le=1)
    high: float = Field(ge=-1, le=1)
    cost: Money = Field(description="frozen money x drop; nothing where the interval holds zero")


class Ledger(Part):
    """The money of the leaks: no deal twice, no currency mixed."""

    rate: Rate | None = Field(description="won of all closed in the window; null: none closed")
    rows: list[LedgerRow]
    month: MonthMore | None = Field(description="null: too few deals stood past a limit and closed")
    without_amount: int = Field(description="open deals without an amount: not counted")
    not_judged: Money = Field(description="open money whose leak cannot be told: not counted")


class CycleBySize(Part):
    """Days from creation to winning, for a third of the won deals by amount."""

    size: Literal["all", "small", "middle", "large"]
    up_to: float | None = Field(description="largest amount of the third")
    deals: int
    median_days: float
    p90_days: float


class Coverage(Part):
    """Open money beside the target."""

    currency: str
    open: float
    target: float | None
    times: float | None = Field(description="open / target")
    needed: float | None = Field(description="1 / own win rate")
    folklore: float = Field(description="what is usually said to be needed")


class SlipRate(Part):
    """Open deals whose planned date is past or was pushed; unknown pushes leave a range."""

    low: Share01
    high: Share01
    of: int


class MonthEnd(Part):
    """Won deals closed in the last days of a month, beside what chance would give."""

    closings: Rate
    days: int
    by_chance: Share01


class Parked(Part):
    """Open deals whose planned date is further off than deals take."""

    deals: int
    of: int
    amount: Money
    after: date
    own_data: bool = Field(description="whether the client's own cycle sets the day")


class Sanity(Part):
    """Checks of whether the pipeline can give what is asked of it."""

    currency: str | None = Field(description="currency of the cycle by size")
    cycle: list[CycleBySize]
    coverage: list[Coverage]
    slips: SlipRate | None
    month_end: MonthEnd | None
    parked: Parked | None
