"""How things are said in Russian and English: phrases from data files, numbers, money, dates."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from typing import Any, Literal

from crm_audit import resources

Language = Literal["ru", "en"]

NBSP = "\u00a0"
_SYMBOLS = {"RUB": "₽", "USD": "$", "EUR": "€", "GBP": "£", "KZT": "₸", "UAH": "₴", "BYN": "Br"}
_SCALES = {
    "ru": ((1e9, "млрд"), (1e6, "млн"), (1e3, "тыс.")),
    "en": ((1e9, "bn"), (1e6, "m"), (1e3, "k")),
}


@cache
def _phrases() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for path in sorted((resources.folder("report_templates") / "phrases").glob("*.toml")):
        for key, texts in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if key in found:
                raise ValueError(f"phrase {key!r} stands twice ({path.name})")
            found[key] = texts
    return found


class Wording:
    """Texts of one language. A phrase that is missing raises KeyError: a bug, not a default."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def __call__(self, key: str, /, **values: Any) -> str:
        """The phrase `key` with its `{places}` filled; `тыс.` at its end ends it."""
        return _phrases()[key][self.language].format(**values).replace("тыс..", "тыс.")

    def has(self, key: str) -> bool:
        """Whether a phrase of that name exists."""
        return key in _phrases()

    def count(self, n: int, noun: str) -> str:
        """`5 сделок`, `1 deal`: the number with the right form of the phrase `noun`.

        Forms stand in the phrase as `сделка|сделки|сделок` and `deal|deals`.
        """
        forms = _phrases()[noun][self.language].split("|")
        return f"{self.number(n)}{NBSP}{forms[self._form(n)]}"

    def _form(self, n: int) -> int:
        if self.language == "en":
            return 0 if n == 1 else 1
        if n % 10 == 1 and n % 100 != 11:
            return 0
        return 1 if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else 2

    def number(self, value: float, digits: int = 0) -> str:
        """`1 234,5` or `1,234.5`."""
        text = f"{value:,.{digits}f}"
        if self.language == "ru":
            return text.replace(",", NBSP).replace(".", ",")
        return text

    def money(self, amount: float, currency: str) -> str:
        """`12,4 млн ₽` or `$12.4m`: three figures are enough to decide on."""
        scaled, unit = amount, ""
        for size, name in _SCALES[self.language]:
            if abs(amount) >= size:
                scaled, unit = amount / size, name
                break
        digits = 0 if not unit or abs(scaled) >= 100 else 1
        sign = _SYMBOLS.get(currency, "" if currency == "XXX" else currency)
        if self.language == "ru":
            return NBSP.join(p for p in (self.number(scaled, digits), unit, sign) if p)
        lead = sign if len(sign) == 1 else f"{sign}{NBSP}" if sign else ""
        return f"{lead}{self.number(scaled, digits)}{unit}"

    def sums(self, amounts: dict[str, float]) -> str:
        """Amounts of several currencies side by side, never added; `—` where there is none."""
        shown = [self.money(v, c) for c, v in sorted(amounts.items()) if v]
        return " + ".join(shown) if shown else "—"

    def percent(self, share: float) -> str:
        """`43 %` or `43%`, never rounded up to 100 nor down to 0."""
        whole = round(share * 100)
        if whole == 100 and share < 1:
            whole = 99
        if whole == 0 and share > 0:
            whole = 1
        return f"{whole}{NBSP}%" if self.language == "ru" else f"{whole}%"

    def share(self, low: float | None, high: float | None) -> str:
        """One figure, or the range that the unknown leaves open."""
        if low is None or high is None:
            return "—"
        least, most = self.percent(low), self.percent(high)
        if least == most:
            return most
        return f"{least.rstrip('%').rstrip(NBSP)}–{most}"

    def date(self, day: date | datetime | None) -> str:
        """`05.11.2026` or `2026-11-05`."""
        if day is None:
            return "—"
        return day.strftime("%d.%m.%Y" if self.language == "ru" else "%Y-%m-%d")
