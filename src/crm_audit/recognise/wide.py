"""Stage history that lies in columns: a date per stage in the row of the deal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crm_audit.recognise import plausible
from crm_audit.recognise.headers import fold
from crm_audit.recognise.plan import StageDate

_QUOTED = re.compile(
    r"^(?P<words>[^\"«“]+)[\"«“](?P<stage>.+?)(?:\s+\((?P<pipeline>[^()]+)\))?[\"»”]\s*$"
)
_API = re.compile(r"^hs_(?:v2_)?date_(?P<moment>entered|exited)_(?P<stage>.+)$", re.IGNORECASE)
_PLAIN = re.compile(
    r"^(?:дата\s+(?P<ru>перехода на этап|перехода в этап|перехода на стадию|входа в этап|"
    r"входа на этап|входа в стадию|попадания в этап|начала этапа|выхода из этапа|"
    r"выхода из стадии|выхода с этапа)|"
    r"(?P<en>date entered|entered on|entered|date exited|exited|left)\s*(?:stage|-|:)?)"
    r"\s*[:–-]?\s*(?P<stage>.+)$",
    re.IGNORECASE,
)
_LEFT = re.compile(r"exited|left|выход", re.IGNORECASE)
_ENTERED = re.compile(r"entered|вход|переход|попадан|начал|вступ", re.IGNORECASE)
_NOT_A_STAGE = frozenset(
    (
        *("current stage", "текущий этап", "текущую стадию", "текущий", "новую стадию"),
        *("stage", "at", "on", "date", "current", "pipeline", "by", "status"),
    )
)


def find(
    headers: Sequence[str],
    columns: Sequence[Sequence[str]],
    stages: frozenset[str],
    taken: frozenset[int],
) -> tuple[StageDate, ...]:
    """The columns of a wide history.

    `stages` are the folded names that occur in the stage column's sample: a column of dates whose
    header equals one of them is the date of that stage.
    """
    found = []
    for i, text in enumerate(headers):
        date = _named(i, " ".join(text[:300].replace("\u00a0", " ").split()), taken, stages)
        if date is None and i not in taken and fold(text) in stages:
            said = plausible.filled(columns[i])
            if said and plausible.share(said, "date") >= 0.8:
                date = StageDate(i, text.strip(), "entered")
        if date is not None:
            found.append(date)
    return tuple(found)


def _named(
    column: int, header: str, taken: frozenset[int], stages: frozenset[str]
) -> StageDate | None:
    if api := _API.match(header):
        stage = api["stage"].strip()
        if stage.replace("_", " ") in _NOT_A_STAGE:
            return None
        return StageDate(column, stage, "left" if api["moment"] == "exited" else "entered")
    if quoted := _QUOTED.match(header):
        words = quoted["words"]
        if _LEFT.search(words):
            return StageDate(column, quoted["stage"].strip(), "left", quoted["pipeline"])
        if _ENTERED.search(words):
            return StageDate(column, quoted["stage"].strip(), "entered", quoted["pipeline"])
        return None
    plain = _PLAIN.match(header)
    if plain is None or column in taken:
        return None
    stage = plain["stage"].strip(' "«»')
    if not stage or fold(stage) in _NOT_A_STAGE:
        return None
    known = fold(stage) in stages
    if plain["en"] and not known and (stages or not plain["en"].lower().startswith("date")):
        return None
    words = plain["ru"] or plain["en"]
    return StageDate(column, stage, "left" if _LEFT.search(words) else "entered")
