"""Columns that no name explains, told from their sample values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from statistics import median

from crm_audit.recognise import plausible, profiles, stages
from crm_audit.recognise.headers import fold
from crm_audit.recognise.match import Assignment, Match

CONFIDENCE = 0.5
_LEAST_ROWS = 3
_MAIL = re.compile(r"^[^@\s]+@[^@\s]+\.\w+$")
_ID = re.compile(r"^[\w.:#-]*\d[\w.:#-]*$")
_PERSON = re.compile(r"^[^\W\d_][^\d_]*$")
_FIRM = re.compile(
    r"\b(?:ооо|оао|зао|пао|ао|ип|нпо|завод|llc|inc|ltd|gmbh|corp|group|company|s\.?a|s\.?l"
    r"|sp\. z o\.?o|ag|plc|co|фирма|компания|тов)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d{2}")
_DAY_MONTH_YEAR = re.compile(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{2,4})")


@cache
def known_stages() -> frozenset[str]:
    """Folded names and codes of the stages of every profile."""
    return frozenset(
        fold(name)
        for profile in profiles.load().values()
        for name in (*profile.order, *(s for names in profile.stages.values() for s in names))
        if len(name) > 1 and not name.isdigit()
    )


def _stage_share(values: Sequence[str]) -> float:
    said = plausible.filled(values)
    distinct = {fold(v) for v in said}
    if len(said) < _LEAST_ROWS or len(distinct) < 2 or len(distinct) > max(25, len(said) // 3):
        return 0.0
    known = sum(fold(v) in known_stages() or _ends(v) for v in said) / len(said)
    return known if any(d in known_stages() for d in distinct) else 0.0


def _ends(value: str) -> bool:
    return stages.stage_status(value) in ("won", "lost")


def find_stage(columns: Sequence[Sequence[str]], free: Sequence[int]) -> Match | None:
    """The column most of whose values are stages that some CRM is known to have."""
    shares = [(_stage_share(columns[i]), -i) for i in free]
    best, place = max(shares, default=(0.0, 0))
    return Match(-place, CONFIDENCE, "values") if best >= 0.6 else None


def headless(columns: Sequence[Sequence[str]]) -> Assignment:
    """Deals without a header row: stage, id, amount, dates, owner, names by their values."""
    found = Assignment("deals")
    free = [i for i, c in enumerate(columns) if plausible.filled(c)]

    def take(name: str, column: int | None) -> None:
        if column is not None and name not in found.fields:
            found.fields[name] = Match(column, CONFIDENCE, "values")
            free.remove(column)

    stage = find_stage(columns, free)
    if stage is None:
        return found
    take("stage", stage.column)
    said = {i: plausible.filled(columns[i]) for i in free}
    dates = [i for i in free if plausible.share(said[i], "date") > 0.8 and not _is_id(said[i])]
    dates.sort(key=lambda i: median(_day(v) for v in said[i]))
    if dates:
        take("created_at", dates[0])
    if len(dates) > 1:
        take("expected_close", dates[-1])
    take("deal_id", next((i for i in free if _is_id(said[i])), None))
    sums = [i for i in free if plausible.share(said[i], "number") > 0.8 and i not in dates]
    take("amount", max(sums, key=lambda i: median(_size(v) for v in said[i]), default=None))
    mails = [i for i in free if all(_MAIL.match(v) for v in said[i])]
    texts = [i for i in free if i not in (*dates, *sums, *mails)]
    take("company", next((i for i in texts if _firms(said[i]) >= 0.4), None))
    texts = [i for i in texts if i in free]
    people = [i for i in texts if _repeats(said[i]) and all(_PERSON.match(v) for v in said[i])]
    take("owner", next(iter(people), None))
    names = [i for i in texts if i in free and len(set(said[i])) > 0.7 * len(said[i])]
    take("deal_name", next(iter(names), None))
    take("contact", next((i for i in mails if i in free and not _repeats(said[i])), None))
    return found


def _is_id(said: Sequence[str]) -> bool:
    """Unique, of one shape, and not spread like amounts."""
    if len(set(said)) != len(said) or not all(_ID.match(v) for v in said):
        return False
    if not all(v.isdigit() for v in said):
        return plausible.share(said, "date") < 0.5 and plausible.share(said, "number") < 0.5
    return len({len(v) for v in said}) <= 2 and not all(v.endswith("00") for v in said)


def _repeats(said: Sequence[str]) -> bool:
    return len(set(said)) <= max(2, 0.5 * len(said))


def _firms(said: Sequence[str]) -> float:
    return sum(bool(_FIRM.search(v)) for v in said) / len(said)


def _size(value: str) -> float:
    digits = re.sub(r"[^\d.,]", "", value)
    head = re.split(r"[.,](?=\d{1,2}$)", digits)[0]
    return float(re.sub(r"\D", "", head) or 0)


def _day(value: str) -> int:
    """A number that grows with the date, good enough to compare two columns."""
    found = _DAY_MONTH_YEAR.match(value)
    if found:
        day, month, year = (int(p) for p in found.groups())
        return (year + 2000 if year < 100 else year) * 10000 + min(month, 12) * 100 + day
    digits = re.sub(r"\D", "", value)
    year_found = _YEAR.search(value)
    if re.match(r"^\d{4}-?\d{2}-?\d{2}", value):
        return int(digits[:8])
    return int(year_found[0]) * 10000 if year_found else int(digits[:8] or 0)
