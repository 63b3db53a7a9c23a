"""Hides people of the client, and on request names of deals and companies, in files that travel.

What is certain: a fact whose field is marked as personal in the schema (contact, approver, notes
and the like) is hidden whole; of a rejected row every letter is hidden. What is a pattern: phones,
e-mails, Russian names with initials or a patronymic, and names after Mr, Ms or Dr are hidden in
any other text. A bare first name in free text cannot be recognised and stays.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from functools import cache

from crm_audit.model.deal import TABLES
from crm_audit.reporters.options import ReporterOptions
from crm_audit.wording import Wording

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_PHONE = re.compile(
    r"(?<![\w.,])(?:"
    r"\+\d[\d\s().-]{7,18}\d"  # +7 (916) 123-45-67, +44 20 7946 0958
    r"|[78][\s(-]{0,2}\d{3}[\s)-]{0,2}\d{3}[\s-]?\d{2}[\s-]?\d{2}"  # 8 (916) 123-45-67
    r"|\(\d{3,5}\)\s?\d{1,3}[\s-]?\d{2}[\s-]?\d{2,4}"  # (495) 123-45-67
    r"|\d{3}[-.]\d{3}[-.]\d{4}"  # 415-555-0132
    r")(?!\w)"
)
_CAP = r"[А-ЯЁ][а-яё]{1,30}"
_NAME = re.compile(
    rf"(?<!\w)(?:{_CAP}(?:-{_CAP})?\s[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.)?"  # Иванов И. И.
    rf"|[А-ЯЁ]\.\s?[А-ЯЁ]\.\s?{_CAP}"  # И. И. Иванов
    rf"|(?:{_CAP}\s){{1,2}}[А-ЯЁ][а-яё]{{1,20}}(?:вич|вн|ичн)(?:а|у|ы|ем|ом|е|ой)?(?:\s{_CAP})?"
    r"|(?:Mr|Mrs|Ms|Dr)\.?\s[A-Z][a-z]{1,30}(?:\s[A-Z][a-z]{1,30})?)(?!\w)"
)
_LETTERS = re.compile(r"[^\W\d_]+")
MASK = "•••"


@cache
def personal_fields() -> frozenset[str]:
    """Fields of the canonical tables that hold people, as the schema marks them."""
    marked = {
        name
        for table in TABLES.values()
        for name, field in table.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("pii")
    }
    # `name` is a person in contacts only; as the key of a fact it can mean nothing else.
    return frozenset(marked)


class Privacy:
    """Hides what one set of options asks to hide, in the words of one language."""

    def __init__(self, options: ReporterOptions, wording: Wording, names: Iterable[str] = ()):
        """`names`: deal and company names that running text may quote."""
        self.options = options
        self._say = wording
        self._phone = wording("report_hidden_phone")
        self._email = wording("report_hidden_email")
        self._person = wording("report_hidden_person")
        quoted = sorted({n for n in names if len(n) > 2}, key=lambda n: (-len(n), n))
        self._names: re.Pattern[str] | None = None
        if options.mask_names and quoted:
            self._names = re.compile("|".join(re.escape(n) for n in quoted))

    def text(self, text: str) -> str:
        """Running text without phones, e-mails, formal names and, if asked, names of deals."""
        if self._names:
            text = self._names.sub(lambda m: self._stand_in("deal", m.group()), text)
        if self.options.show_pii:
            return text
        if "@" in text:
            text = _EMAIL.sub(self._email, text)
        return _NAME.sub(self._person, _PHONE.sub(self._phone, text))

    def deal(self, name: str) -> str:
        """Name of a deal."""
        return self._stand_in("deal", name) if self.options.mask_names else self.text(name)

    def company(self, name: str) -> str:
        """Name of a company."""
        return self._stand_in("company", name) if self.options.mask_names else self.text(name)

    def fact(self, key: str, value: str) -> str:
        """Value of the field `key`."""
        if key == "deal_name":
            return self.deal(value)
        if key == "company":
            return self.company(value)
        if not self.options.show_pii and key in personal_fields():
            return self._stand_in("person", value)
        return self.text(value)

    def row(self, text: str) -> str:
        """A rejected row or cell: its shape and digits stay, every word is hidden."""
        if self.options.show_pii and not self.options.mask_names:
            return text
        return _LETTERS.sub(MASK, _PHONE.sub(MASK, _EMAIL.sub(MASK, text)))

    def _stand_in(self, what: str, name: str) -> str:
        if not self.options.pseudonym_key:
            return self._say(f"report_hidden_{what}")
        digest = hmac.new(self.options.pseudonym_key, name.encode(), hashlib.sha256).hexdigest()
        return self._say(f"report_pseudonym_{what}", code=digest[:6])
