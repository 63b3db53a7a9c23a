"""The words of one language and the invented people, companies and figures made of them."""

from __future__ import annotations

import math
import random
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

WORDS = Path(__file__).parent / "words"


def header_row(layout: str) -> list[str]:
    """Return the header row of a list export, as in words/headers.toml."""
    rows: dict[str, list[str]] = tomllib.loads((WORDS / "headers.toml").read_text("utf-8"))
    return rows[layout]


@dataclass(frozen=True)
class Person:
    """Somebody at a client: invented name, position and role code."""

    name: str
    position: str
    role: str


class Vocabulary:
    """Words of a language (`ru` or `en`) and a seeded source of everything random."""

    def __init__(self, language: str, seed: str) -> None:
        self.language = language
        self.words: dict[str, Any] = tomllib.loads(
            (WORDS / f"{language}.toml").read_text(encoding="utf-8")
        )
        self.random = random.Random(seed)
        self._companies: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        return self.words[key]

    def pick(self, options: list[str]) -> str:
        """Return one of the options."""
        return options[int(self.random.random() * len(options))]

    def chance(self, share: float) -> bool:
        """Return true in `share` (0 to 1) of the calls."""
        return self.random.random() < share

    def between(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + int(self.random.random() * (high - low + 1))

    def lognormal(self, median: float, sigma: float) -> float:
        """Return a lognormal figure with this median and this sigma of its logarithm."""
        first, second = self.random.random(), self.random.random()
        normal = math.sqrt(-2 * math.log(1 - first)) * math.cos(2 * math.pi * second)
        return median * math.exp(sigma * normal)

    def amount(self, median: float, sigma: float, step: int = 1000) -> int:
        """Return an amount of money, lognormal, rounded to `step`."""
        return max(1, round(self.lognormal(median, sigma) / step)) * step

    def name(self) -> str:
        """Return an invented first name and surname."""
        if self.chance(0.5):
            return f"{self.pick(self['men'])} {self.pick(self['surnames'])}"
        surname = self.pick(self["surnames"]) + self["feminine_ending"]
        return f"{self.pick(self['women'])} {surname}"

    def names(self, count: int) -> list[str]:
        """Return `count` names, no two the same."""
        found: list[str] = []
        while len(found) < count:
            name = self.name()
            if name not in found:
                found.append(name)
        return found

    def company(self) -> str:
        """Return the name of a company that was not returned before."""
        while True:
            root = self.pick(self["company_roots"]) + self.pick(self["company_suffixes"])
            if root not in self._companies:
                self._companies.add(root)
                return self.pick(self["company_forms"]).format(root)

    def people(self, roles: list[str]) -> list[Person]:
        """Return one person for each role code, all of different names."""
        names = self.names(len(roles))
        return [
            Person(name, self.pick(self["positions"][role]), role)
            for name, role in zip(names, roles, strict=True)
        ]

    def day(self, day: date) -> str:
        """Write a day the way people write it in a text of this language."""
        return f"{day:%d.%m.%Y}" if self.language == "ru" else f"{day.day} {day:%B %Y}"
