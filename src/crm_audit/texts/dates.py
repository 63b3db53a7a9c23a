"""Whether a text names a date: a calendar date, a weekday, a week, a quarter, a term."""

from __future__ import annotations

import re

from crm_audit.texts.words import fold

_MONTH_RU = r"(?:январ|феврал|март|апрел|ма[йя]\b|июн|июл|август|сентябр|октябр|ноябр|декабр)"
_MONTH_EN = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY_RU = r"(?:понедельник|вторник|сред[уыае]\b|четверг|пятниц|суббот|воскресень)"
_DAY_EN = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b"
_PATTERNS = (
    r"\b\d{4}-\d{1,2}-\d{1,2}",
    r"(?<![\d.,])(?:0?[1-9]|[12]\d|3[01])\.(?:(?:0[1-9]|1[0-2])(?!\.\d|\d)|1?\d\.\d{2,4})\b"
    r"(?!\s*(?:%|млн|тыс|руб|кг|тонн|m\b|k\b|million))",
    r"\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b",
    rf"\b\d{{1,2}}(?:-?(?:го|е|ого|st|nd|rd|th))?\s+(?:of\s+)?(?:{_MONTH_RU}|{_MONTH_EN})",
    rf"\b{_MONTH_EN}\s+\d{{1,4}}(?:st|nd|rd|th)?\b",
    rf"\b(?:в|до|к|с|со|на|конце|начале|середине|конца|начала)\s+{_MONTH_RU}",
    rf"\b(?:in|by|until|before|end of|early|late|mid)[\s-]+{_MONTH_EN}",
    rf"\b(?:в|во|до|ко?|по|с|на|со|эт\w+|следующ\w+)\s+(?:эт\w+\s+|следующ\w+\s+)?{_DAY_RU}",
    rf"\b{_DAY_RU}\w*\s*,?\s*\d",
    rf"\b(?:on|by|until|before|next|this|every|due)\s+{_DAY_EN}",
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b",
    r"\b(?:сегодня|завтра|послезавтра|today|tomorrow|tonight|eod|eow|eom|eoq|cob)\b",
    r"\b(?:на|до|к|в течени\w+|конц\w+|начал\w+|через|за)\s+(?:эт\w+|следующ\w+|будущ\w+|\d+)?\s*"
    r"(?:недел|месяц|квартал|дн[яейю]|дней|день)",
    r"\b(?:эт\w+|следующ\w+|будущ\w+|ближайш\w+)\s+(?:недел|месяц|квартал)",
    r"\b(?:next|this|end of(?: the)?|by|within(?: a)?|in(?: a)?)\s+(?:the\s+)?(?:\d+\s+|two\s+|three\s+)?"
    r"(?:business\s+|working\s+)?(?:week|month|quarter|days?)",
    r"\b(?:[1-4]|i{1,3}|iv)[\s-]*(?:й|м|ом|ый|го|му)?[\s-]*(?:кв\b|квартал)",
    r"\bq[1-4]\b",
    r"\bh[12]\b",
    r"\bw(?:eek)?\s?\d{1,2}\b",
    r"\b(?:до|к)\s+\d{1,2}(?:-?(?:го|му))?(?:\s+числа)?\b(?!\s*(?:%|руб|тыс|млн|шт|чел|процент|\w))",
    r"\b(?:by|before|until|on)\s+(?:the\s+)?\d{1,2}(?:st|nd|rd|th)\b",
)
_DATE = re.compile("|".join(_PATTERNS))


def has_date(text: str | None) -> bool:
    """Whether the text names a date or a term: «12.03», «до пятницы», "by March 5", "next week"."""
    return bool(text) and _DATE.search(fold(str(text)[:1000])) is not None
