"""What the values of a column are: its date formats, number style and words, decided per column."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

SHAPE_FROM = "123456789"
SHAPE_TO = "000000000"
"""A cell's shape is the cell with every digit written as 0."""

_MONTH = re.compile(r"^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?$", re.IGNORECASE)
_RU_MONTHS = ("янв", "фев", "мар", "апр", "ма[йя]", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_DATE_TIME = re.compile(
    r"^(?P<date>.*?)(?:[T\s]+(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)"
    r"(?:\s*(?P<half>[AaPp]\.?[Mm]\.?))?\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?)?$"
)
_NUMERIC_DATE = re.compile(r"^(\d{1,4})([./\-])(\d{1,2})\2(\d{1,4})$")


@cache
def words() -> dict[str, Any]:
    """The word lists of `values.toml`."""
    path = Path(__file__).with_name("values.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Shape:
    """Cells of one column that look alike: how many there are and one of them."""

    shape: str
    count: int
    sample: str


@dataclass(frozen=True)
class DateStyle:
    """How the dates of one column are written.

    `formats` are strptime formats tried in order; `order` is `dmy`, `mdy` or `ymd` for people;
    `ambiguous` says that day and month could not be told apart and the usual order was taken.
    """

    iso: bool = False
    formats: tuple[str, ...] = ()
    serial: bool = False
    epoch: str | None = None
    russian_months: bool = False
    order: str | None = None
    ambiguous: bool = False

    def __str__(self) -> str:
        parts = ["ISO"] if self.iso else []
        parts += [f.replace("%", "") for f in self.formats[:2]]
        if self.serial:
            parts.append("Excel")
        if self.epoch:
            parts.append(f"epoch {self.epoch}")
        return ", ".join(parts) or "—"


@dataclass(frozen=True)
class NumberStyle:
    """How the numbers of one column are written: the decimal mark and what else to remove.

    `careful` says that the cells differ (words, two decimal marks), so each is read by itself.
    """

    decimal: str | None = None
    remove: str = ""
    groups: str = ""
    currencies: dict[str, str] = field(default_factory=dict)
    percent: bool = False
    brackets: bool = False
    ambiguous: bool = False
    marks: str = ""
    scales: dict[str, int] = field(default_factory=dict)
    careful: bool = False

    def __str__(self) -> str:
        group = next((g for g in (" ", "\u00a0", "'", ",", ".") if g in self.groups), "")
        return f"1{group}234{self.decimal}56" if self.decimal else f"1{group}234"


def date_style(
    shapes: Iterable[Shape],
    *,
    first_max: int = 0,
    second_max: int = 0,
    day_first: bool | None = None,
) -> DateStyle:
    """Decide how a column writes its dates, from the shapes of all its cells.

    `first_max` and `second_max` are the largest first and second numbers among cells shaped
    `0/0/0000` or `0-0-0000`: a first number above 12 means the day comes first. `day_first` is the
    user's word and wins. With neither above 12 the order is ambiguous: dots mean day first,
    slashes month first.
    """
    iso = serial = russian = ambiguous = False
    epoch: str | None = None
    order: str | None = None
    formats: dict[str, None] = {}
    for shape in sorted(shapes, key=lambda s: (-s.count, s.shape)):
        sample = shape.sample.strip()
        if re.fullmatch(r"\d{5}([.,]\d+)?", sample):
            serial = True
            continue
        if re.fullmatch(r"\d{10}|\d{13}", sample):
            epoch = "ms" if len(sample) == 13 else "s"
            continue
        match = _DATE_TIME.match(sample)
        if match is None:
            continue
        written = match["date"].strip().rstrip(",")
        time = _time_format(match["time"], match["half"])
        numeric = _NUMERIC_DATE.match(written)
        if numeric:
            first, separator, _, last = numeric.groups()
            if len(first) == 4:
                order = order or "ymd"
                if separator == "-":
                    iso = True
                else:
                    formats[f"%Y{separator}%m{separator}%d{time}"] = None
                continue
            if len(first) > 2 or len(last) not in (2, 4):
                continue
            year = "%Y" if len(last) == 4 else "%y"
            if day_first is not None:
                day_leads = day_first
            elif separator == ".":
                day_leads = True
            elif first_max > 12 or second_max > 12:
                day_leads = first_max > 12
            else:
                day_leads, ambiguous = separator == "-", True
            order = "dmy" if day_leads else "mdy"
            parts = ("%d", "%m", year) if day_leads else ("%m", "%d", year)
            formats[separator.join(parts) + time] = None
        elif (named := _named_month(written)) is not None:
            text, is_russian = named
            russian = russian or is_russian
            formats[text + time] = None
    return DateStyle(
        iso=iso,
        formats=tuple(formats),
        serial=serial,
        epoch=epoch,
        russian_months=russian,
        order=order,
        ambiguous=ambiguous,
    )


def _time_format(time: str | None, half: str | None) -> str:
    if time is None:
        return ""
    hour = "%I" if half else "%H"
    text = f" {hour}:%M" + (":%S" if time.count(":") == 2 else "")
    return text + (" %p" if half else "")


def _named_month(written: str) -> tuple[str, bool] | None:
    if "%" in written:
        return None
    tokens = re.findall(r"\d+|[^\W\d_]+\.?|[^\w\s]+|\s+", written)
    text, russian, found = "", False, False
    for token in tokens:
        if token.isdigit():
            text += "%Y" if len(token) == 4 else "%d"
        elif _MONTH.match(token):
            name = token.rstrip(".")
            text += ("%b" if len(name) == 3 else "%B") + ("." if token.endswith(".") else "")
            found = True
        elif any(re.match(stem, token.lower()) for stem in _RU_MONTHS):
            text, russian, found = text + "%m", True, True
        elif token.rstrip(".") in {"г", "года"}:
            text = text.rstrip()
        else:
            text += token
    return (text, russian) if found and "%Y" in text else None


RUSSIAN_MONTHS = tuple((rf"{stem}[а-я]*\.?", f"{n:02}") for n, stem in enumerate(_RU_MONTHS, 1))
"""Regular expression of a Russian month and its number."""


def number_style(shapes: Iterable[Shape], *, comma_decimal: bool | None = None) -> NumberStyle:
    """Decide how a column writes its numbers, from the shapes of all its cells.

    `comma_decimal` settles `1,234` where nothing in the column does (True for Russian exports).
    Words that stand with the numbers are currencies or scales (`1,2 млн ₽`).
    """
    decimal_votes = {",": 0, ".": 0}
    group_votes = {",": 0, ".": 0}
    unsettled = {",": 0, ".": 0}
    removed: set[str] = set()
    currencies: dict[str, str] = {}
    scales: dict[str, int] = {}
    percent = brackets = words_seen = False
    for shape in shapes:
        text = shape.sample.strip()
        lettered = re.sub(r"[\d.,\s\u00a0\u202f'’()%+\-−–]+", " ", text)
        for word in lettered.split():
            factor = _scale_words().get(word.lower())
            code = None if factor else currency_code(word)
            if factor:
                scales[word.lower()] = factor
            if code is not None:
                currencies[word] = code
            if code is not None and len(word) == 1:
                removed.add(word)
            else:
                words_seen = True
        percent = percent or "%" in text
        brackets = brackets or bool(re.search(r"\(.*\d.*\)", text))
        core = re.sub(r"^[^\d]*|[^\d]*$", "", text)
        removed |= set(re.findall(r"[\s\u00a0\u202f'’]", core))
        removed |= set(re.findall(r"[\s\u00a0\u202f]", text))
        marks = [m for m in core if m in ",."]
        if not marks:
            continue
        last = marks[-1]
        other = "." if last == "," else ","
        tail = len(core) - core.rindex(last) - 1
        if other in marks:
            decimal_votes[last] += shape.count
            group_votes[other] += shape.count
        elif marks.count(last) > 1:
            group_votes[last] += shape.count
        elif tail != 3 or re.search(r"[\s\u00a0\u202f'’]", core) or core.startswith("0" + last):
            decimal_votes[last] += shape.count
        else:
            unsettled[last] += shape.count
    decimal, ambiguous = _decimal_mark(decimal_votes, group_votes, unsettled, comma_decimal)
    seen = "".join(m for m in ",." if decimal_votes[m] + group_votes[m] + unsettled[m])
    groups = "".join(sorted(removed & set(" \u00a0\u202f'’"))) + "".join(
        m for m in seen if m != decimal
    )
    removed |= {mark for mark in ",." if mark != decimal}
    return NumberStyle(
        decimal=decimal,
        remove="".join(sorted(removed)),
        groups=groups,
        marks=seen,
        scales=scales,
        careful=words_seen or any(n for mark, n in decimal_votes.items() if mark != decimal),
        currencies=dict(sorted(currencies.items())),
        percent=percent,
        brackets=brackets,
        ambiguous=ambiguous,
    )


_OUTVOTED = 50
"""So many commas before three digits for each one that is surely decimal group thousands."""


def _decimal_mark(
    votes: dict[str, int],
    groups: dict[str, int],
    unsettled: dict[str, int],
    comma_decimal: bool | None,
) -> tuple[str | None, bool]:
    few = votes[","] * _OUTVOTED < unsettled[","] and not comma_decimal
    if few and not votes["."]:
        return None, True
    for mark, other in ((",", "."), (".", ",")):
        if votes[mark] > votes[other]:
            return mark, False
    for mark, other in ((",", "."), (".", ",")):
        if groups[mark]:
            return (other if unsettled[other] else None), False
    if unsettled["."]:
        return ".", False
    if unsettled[","]:
        return ("," if comma_decimal else None), True
    return None, False


@cache
def _scale_words() -> dict[str, int]:
    return {w: int(n) for n, listed in words()["scale"].items() for w in listed}


@cache
def _currency_words() -> dict[str, str]:
    return {w: code for code, listed in words()["currency"].items() for w in listed}


def currency_code(text: str) -> str | None:
    """ISO code for `₽`, `руб.`, `US Dollar`, `eur`; None for anything else.

    Three Latin letters in capitals are taken as a code of their own.
    """
    word = text.strip().lower().replace("\u00a0", " ")
    found = _currency_words().get(word) or _currency_words().get(word.rstrip("."))
    if found is None and re.fullmatch(r"[A-Z]{3}", text.strip()):
        return text.strip()
    return found


def word_map(name: str, values: Sequence[str]) -> dict[str, str]:
    """Which canonical word each value stands for, by the lists under `name`; unknown ones left out.

    The whole value is looked up first, then its words: `Logged Call` is a call.
    """
    listed: dict[str, list[str]] = words()[name]
    exact = {w: kind for kind, ws in listed.items() for w in ws}
    found: dict[str, str] = {}
    for value in values:
        lowered = value.strip().lower()
        kind = exact.get(lowered)
        if kind is None:
            tokens = re.findall(r"\w[\w\-]*", lowered)
            kind = next((exact[t] for t in tokens if t in exact), None)
        if kind is not None:
            found[value] = kind
    return found


def truth(value: str) -> bool | None:
    """Whether a word means yes or no: Да/Нет, Y/N, Done/Undone, Completed; None where unclear."""
    word = value.strip().lower()
    if word in words()["yes"]:
        return True
    return False if word in words()["no"] else None
