"""Whether a text names a date: a calendar date, a weekday, a week, a quarter, a term."""

from __future__ import annotations

import re
from functools import lru_cache

from crm_audit.texts.words import fold

_MONTH_RU = r"(?:январ|феврал|март|апрел|ма[йя]\b|июн|июл|август|сентябр|октябр|ноябр|декабр)"
_MONTH_EN = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
_DAY_RU = r"(?:понедельник|вторник|сред[уыае]\b|четверг|пятниц|суббот|воскресень)"
_DAY_EN = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b"
_UNIT_EN = r"(?:weeks?|months?|quarters?|days?|year)\b"

# What may begin with a number: tried only where a number stands.
_NUMERIC = re.compile(
    "|".join(
        (
            r"\d{4}-\d{1,2}-\d{1,2}\b",
            # A month of one digit needs the year beside it: 5.4 is a clause, 1.5 an amount.
            r"(?:0?[1-9]|[12]\d|3[01])\.(?:(?:0[1-9]|1[0-2])(?!\.?\d)|[01]?\d\.\d{2,4}\b)"
            r"(?!\s*(?:%|млн|млрд|тыс|руб|кг|тонн|т\b|м\b|k\b|m\b))",
            r"(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|[12]\d|3[01])(?:/\d{2,4})?\b(?!\s*%)",
            rf"\d{{1,2}}(?:-?(?:го|е|ого|st|nd|rd|th))?\s+(?:of\s+)?(?:{_MONTH_RU}|{_MONTH_EN})",
            r"[1-4][\s-]*(?:й|м|ом|ый|го|му)?[\s-]*(?:кв\b|квартал)",
            r"\d{1,2}-?(?:го|му)?\s+числа",
            rf"\d{{1,2}}\s*[-–—]\s*\d{{1,2}}\s+(?:{_MONTH_RU}|{_MONTH_EN})",
            r"\d{1,2}\s*[-–—]\s*\d{1,2}\.(?:0[1-9]|1[0-2])\b",
        )
    )
)
_NUMBER = re.compile(r"(?<![\d.,/-])\d")

# What begins with a word: tried only where one of the words below stands.
_WORDED = re.compile(
    "|".join(
        (
            rf"\b{_MONTH_EN}\.?\s+\d{{1,4}}(?:st|nd|rd|th)?\b",
            rf"\b(?:в|до|к|с|со|на|конце|начале|середине|конца|начала)\s+{_MONTH_RU}",
            rf"\b(?:in|by|until|before|end of|early|late|mid)[\s-]+{_MONTH_EN}",
            rf"\b(?:в|во|до|ко?|по|с|на|со|эт\w+|следующ\w+)\s+(?:эт\w+\s+|следующ\w+\s+)?{_DAY_RU}",
            rf"\b{_DAY_RU}\w*\s*,?\s*\d",
            rf"\b(?:on|by|until|before|next|this|every|due)\s+{_DAY_EN}",
            r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b",
            r"\b(?:mon|tues?|wed|thu|thurs?|fri)\b(?=\s*(?:\d|,|@|at\b|am\b|pm\b|$))",
            r"\b(?:сегодня|завтра|послезавтра|today|tomorrow|tonight|eod|eow|eom|eoq|cob)\b",
            r"\b(?:на|до|к|в течени\w+|конц\w+|начал\w+|через|за)\s+"
            r"(?:конц\w+\s+)?(?:эт\w+\s+|следующ\w+\s+|будущ\w+\s+|\d+\s+)?"
            r"(?:недел(?!е\b)|месяц|квартал|год|дн[яейю]|дней|день)",
            r"\b(?:на|в|через|к)\s+(?:эт\w+|следующ\w+|будущ\w+|ближайш\w+|\d+)\s+неделе?\b",
            r"\b(?:эт\w+|следующ\w+|будущ\w+|ближайш\w+)\s+(?:недел|месяц|квартал)",
            rf"\b(?:недел\w+|половин\w+|декад\w+|числах)\s+{_MONTH_RU}",
            rf"\b(?:week|half|days?|beginning|middle|start|close)\s+of\s+(?:{_MONTH_EN}|the\s+{_UNIT_EN})",
            r"\b(?:next|this|end of(?: the)?|by|within|in)\s+(?:the\s+)?(?:end of\s+)?"
            rf"(?:\d+\s+|two\s+|three\s+|a\s+)?(?:business\s+|working\s+)?{_UNIT_EN}",
            r"\b(?:i{1,3}|iv)[\s-]*(?:кв\b|квартал)",
            r"\bq[1-4]\b",
            r"\bh[12]\b",
            r"\bw(?:eek|k)\s?\d{1,2}\b",
            r"\b(?:до|к)\s+\d{1,2}-?(?:го|му)\b",
            r"\b(?:by|before|until|on)\s+(?:the\s+)?\d{1,2}(?:st|nd|rd|th)\b",
        )
    )
)
_HINT = re.compile(
    r"янв|фев|март|апр|ма[йя]|июн|июл|авг|сент|окт|ноя|дек|поне|втор|сред|четв|пятн|субб|воскр"
    r"|сегод|завтр|недел|месяц|кварт|дн[яейю]|ден|год|-го|-му|\dго|\dму"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|tod|tom|tonight"
    r"|eo[dwmq]|cob|week|quarter|day|year|wk|\bq\d|\bh\d|кв\b|\dth|\dst|\dnd|\drd"
)
_LONGEST = 1000


@lru_cache(maxsize=200_000)
def _is_hint(word: str) -> bool:
    return _HINT.search(word) is not None


def has_date(text: str | None) -> bool:
    """Whether the text names a date or a term: «12.03», «до пятницы», "by March 5", "next week"."""
    if not text:
        return False
    low = fold(text[:_LONGEST])
    for number in _NUMBER.finditer(low):
        if _NUMERIC.match(low, number.start()):
            return True
    return any(map(_is_hint, low.split())) and _WORDED.search(low) is not None
