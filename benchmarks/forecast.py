"""How good the forecast is: on generated companies against an oracle, and on real exports.

    python benchmarks/forecast.py [--seeds 0-199] [--exports DIR]

Generated (tools/closing): each company is forecast once, on the day of its export; the error is
beside that of an oracle that knows the true rates and durations but no outcome, and beside what
an owner has without a forecast: the CRM's probabilities, everything planned in the period, and the
usual share of open deals. Money is taken as a share of each company's open amount, so that no
company outweighs the others. Beside what the ranges held stands what they hold of their own worlds:
whole deals do not always allow 80 %. Real exports: the backtest of the report, pooled over files
and days.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from closing import exports  # noqa: E402
from closing.arrays import arrays  # noqa: E402
from closing.ways import Company, make_company  # noqa: E402
from crm_audit.engine.rules import load_rulebook  # noqa: E402
from crm_audit.forecast.outlook import HORIZONS, Outlook, Sum, outlook  # noqa: E402
from crm_audit.judge.closing import terms_of  # noqa: E402

FILES = {
    "Maven": ["maven_sales_pipeline_iso.csv"],
    "Salesforce": ["sf_wave_opportunity.csv", "sf_wave_opportunity_history.csv"],
    "Zoho": ["zoho_potentials.csv"],
}
BASELINES = {"claimed": "CRM's own", "planned": "all planned", "usual": "usual share"}


@dataclass
class Row:
    """One forecast beside what happened and what others expected; None: cannot be told."""

    actual: float
    expected: float
    low: float
    high: float
    others: dict[str, float | None]
    claim: float | None = None
    """The share of its worlds that the range holds; None: the report does not say."""

    @property
    def held(self) -> bool:
        """Whether the range held what happened."""
        return self.low - 1e-9 <= self.actual <= self.high + 1e-9


def row_of(found: Sum, actual: float, scale: float = 1.0, **more: float | None) -> Row:
    """A row from a sum of the forecast, all of it times `scale`."""
    others = {name: getattr(found, name) for name in BASELINES} | more
    scaled = {k: None if v is None else v * scale for k, v in others.items()}
    low, high = found.low * scale, found.high * scale
    return Row(actual * scale, found.expected * scale, low, high, scaled, found.held)


def generated(seeds: Iterable[int]) -> None:
    """Forecast each company on its last day and print the errors by horizon and unit."""
    terms = terms_of(load_rulebook())
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    past: dict[tuple[str, str], list[Row]] = defaultdict(list)
    silent = 0
    for seed in seeds:
        company = make_company(seed)
        day = company.today
        answers = exports.answers(company, day, tuple(h for h, _ in HORIZONS.values()))
        found = outlook(*arrays(company, day), float(day), terms)
        silent += not found.now
        for name, answer in zip(HORIZONS, answers, strict=True):
            if name not in found.now or not answer.deals:
                continue
            for s in found.now[name].sums:
                if s.currency is None:
                    oracle, unit, actual, scale = answer.expected_won, "deals", answer.won, 1.0
                else:
                    code = "EUR" if s.currency else "RUB"
                    unit, actual, oracle = "money", answer.amount[code], answer.expected[code]
                    scale = 1 / open_amount(company, day, code)
                rows[name, unit].append(row_of(s, actual, scale, oracle=oracle))
        add_past(past, found)
    print(f"Generated companies: {silent} without one closed deal")
    for (name, unit), listed in sorted(rows.items()):
        show(f"{name}, {unit}", listed, "oracle")
    print("Their own backtests (number of deals):")
    for (name, unit), listed in sorted(past.items()):
        show(f"{name}, {unit}", listed)


def open_amount(company: Company, day: int, code: str) -> float:
    """What is open in a currency on a day."""
    held = [d.at(day) for d in company.deals if d.is_open(day) and d.currency == code]
    return float(sum(card.amount or 0 for card in held))


def add_past(rows: dict[tuple[str, str], list[Row]], found: Outlook) -> None:
    """The backtest's rows by number of deals."""
    for name, periods in found.past.items():
        for period in periods:
            s = period.sums[0]
            rows[name, "deals"].append(row_of(s, s.actual or 0.0))


def error(listed: list[Row], other: str = "") -> float | None:
    """WAPE: the sum of absolute errors by the sum of what happened; of the rows that can tell."""
    told = [(r, r.others[other] if other else r.expected) for r in listed]
    total = sum(r.actual for r, s in told if s is not None)
    if not total:
        return None
    return sum(abs(s - r.actual) for r, s in told if s is not None) / total


def show(title: str, listed: list[Row], *more: str) -> None:
    """One line of figures; beside another way stands the own error on the rows that it can tell."""
    own = error(listed)
    held, n = sum(r.held for r in listed), len(listed)
    low, high = exact(held, n)
    parts = [
        f"{title}: n {n}, 80% range held {held / n:.1%} ({held}/{n}, 95% {low:.0%}-{high:.0%})"
    ]
    claims = [r.claim for r in listed if r.claim is not None]
    if claims:
        # Where nothing at all is likelier than 80 %, no range of whole deals holds as little.
        nothing = [r for r in listed if r.claim is not None and r.high == 0]
        parts.append(
            f"holds {sum(claims) / len(claims):.1%} of its worlds;"
            f" {len(nothing)} ranges are nothing at all ({sum(r.held for r in nothing)} held)"
        )
    parts.append(f"WAPE {'-' if own is None else format(own, '.3f')}")
    for name in (*more, *BASELINES):
        told = [r for r in listed if r.others[name] is not None]
        other, here = error(listed, name), error(told)
        said = "cannot be told" if other is None else f"{other:.3f}"
        if other is not None and here is not None:
            said += f" (x{here / other:.3f})"
            said += f" of {len(told)}" if len(told) < n else ""
        parts.append(f"{BASELINES.get(name, name)} {said}")
    bias = sum(r.expected for r in listed) / max(sum(r.actual for r in listed), 1e-9)
    print("; ".join([*parts, f"expected/actual {bias:.2f}"]))


def exact(held: int, n: int) -> tuple[float, float]:
    """The exact (Clopper-Pearson) 95 % interval of a share."""
    from scipy.special import betaincinv

    low = 0.0 if held == 0 else float(betaincinv(held, n - held + 1, 0.025))
    high = 1.0 if held == n else float(betaincinv(held + 1, n - held, 0.975))
    return low, high


def real(folder: Path) -> None:
    """The backtest of each real export as the report gives it, and all of them pooled."""
    from crm_audit import diagnose

    pooled: dict[str, list[Row]] = defaultdict(list)
    for name, files in FILES.items():
        report = diagnose(*(folder / f for f in files)).report
        for test in report.forecast.backtests:
            rows = [
                Row(r.actual, r.expected, r.low, r.high,
                    {"claimed": r.crm, "planned": r.planned, "usual": r.usual})
                for r in test.rows
            ]  # fmt: skip
            unit = test.currency or "deals"
            show(f"{name}, {test.horizon}, {unit}", rows)
            for reason in test.unsupported:
                print(f"    {reason.text}")
            if test.unit == "deals":
                pooled["all"] += rows
                pooled[test.horizon] += rows
    for name, rows in sorted(pooled.items()):
        show(f"Pooled by number of deals, {name}", rows)
        for way, label in BASELINES.items():
            told = [(r, s) for r in rows if (s := r.others[way]) is not None]
            own = sum(abs(r.expected - r.actual) for r, _ in told)
            other = sum(abs(s - r.actual) for r, s in told)
            if told:
                print(f"    {len(told)} periods that tell {label!r}: "
                      f"error {own:.0f} deals, of that way {other:.0f}")  # fmt: skip


def main() -> None:
    """Print what is known of the forecast's quality."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--seeds", default="0-199", help="first and last seed")
    options.add_argument("--exports", type=Path, default=ROOT.parent / "shared" / "exports")
    given = options.parse_args()
    first, _, last = given.seeds.partition("-")
    generated(range(int(first), int(last or first) + 1))
    if given.exports.is_dir():
        real(given.exports)


if __name__ == "__main__":
    main()
