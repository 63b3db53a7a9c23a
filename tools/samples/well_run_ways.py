"""The ways of the deals of the well-run company: how far, how long, and what is planted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from statistics import median

from samples.vocabulary import Vocabulary
from samples.world import AS_OF, WON, days_before

STAY = [24, 22, 30, 32, 34, 28]
OPEN_AT = [12, 8, 8, 7, 6, 5]
LOST_AT = [13, 8, 5, 4, 2, 2]
WINS = 45
OLD_LOSSES = 4


def draw(words: Vocabulary) -> tuple[list[Draft], list[float]]:
    """Return the ways of all deals in random order, and the limit of each stage in days."""
    drafts = [*_wins(words), *_losses(words), *_open(words)]
    limits = stage_limits(drafts)
    _plant(drafts, limits)
    words.random.shuffle(drafts)
    return drafts, limits


@dataclass
class Stay:
    """Days in a stage; a quiet one hears nothing from the client and is a stall when long."""

    stage: int
    days: float
    quiet: bool = False
    answered: bool = True


@dataclass
class Draft:
    """The way of a deal before it gets names, amounts and texts."""

    status: str
    stays: list[Stay]
    end: date
    marks: set[str] = field(default_factory=set)

    @property
    def furthest(self) -> int:
        """The furthest stage reached; won is beyond all."""
        return WON if self.status == "won" else max(stay.stage for stay in self.stays)


def stage_limits(drafts: list[Draft]) -> list[float]:
    """Return the limit of each stage in days: twice the median stay of won deals, at least 14."""
    limits = []
    for stage in range(len(STAY)):
        stays = [
            sum(stay.days for stay in draft.stays if stay.stage == stage)
            for draft in drafts
            if draft.status == "won" and any(stay.stage == stage for stay in draft.stays)
        ]
        limits.append(max(14.0, 2 * median(stays)))
    return limits


def _way(words: Vocabulary, stages: int) -> list[Stay]:
    """Draw the stays of a deal: its own pace for all stages, and a little for each."""
    pace = min(2.4, max(0.45, words.lognormal(1, 0.45)))
    return [
        Stay(stage, max(4.0, round(STAY[stage] * pace * words.lognormal(1, 0.22))))
        for stage in range(stages)
    ]


def _wins(words: Vocabulary) -> list[Draft]:
    drafts = []
    for number in range(WINS):
        stays = _way(words, len(STAY))
        draft = Draft("won", stays, days_before(words.between(6, 345)))
        if number < 3:
            draft.marks.add("jump")
            del stays[2 + number % 3]
        elif number < 5:
            draft.marks.add("same_day")
            stays[1 + number % 3].days = 0
        elif number < 10:
            draft.marks.add("backward")
            _turn_back(stays, 2 + number % 3)
        elif number < 19:
            draft.marks.add("quiet")
            draft.end = days_before(words.between(20, 90))
            stays[2 + number % 4].quiet = True
            stays[2 + number % 4].days = 999
        drafts.append(draft)
    return drafts


def _turn_back(stays: list[Stay], stage: int) -> None:
    """Send the deal from `stage` one stage back and forward again, each time after some days."""
    at = next(place for place, stay in enumerate(stays) if stay.stage == stage)
    whole = stays[at].days
    stays[at : at + 1] = [
        Stay(stage, max(4.0, round(whole * 0.3))),
        Stay(stage - 1, max(5.0, round(STAY[stage - 1] * 0.3))),
        Stay(stage, max(5.0, round(whole * 0.6))),
    ]


def _losses(words: Vocabulary) -> list[Draft]:
    drafts = []
    for furthest, count in enumerate(LOST_AT):
        for number in range(count):
            draft = Draft("lost", _way(words, furthest + 1), days_before(words.between(8, 335)))
            if furthest == 3 and number < 2:
                draft.marks.add("quiet_lost")
                draft.end = days_before(words.between(20, 150))
                draft.stays[-1].quiet = True
            if furthest == 4 and number == 0:
                draft.marks.add("same_day")
                draft.stays[2].days = 0
            drafts.append(draft)
    for _ in range(OLD_LOSSES):
        draft = Draft("lost", _way(words, 1), days_before(words.between(410, 520)))
        draft.marks.add("lost_earlier")
        drafts.append(draft)
    return drafts


def _open(words: Vocabulary) -> list[Draft]:
    drafts = []
    for stage, count in enumerate(OPEN_AT):
        for number in range(count):
            stays = _way(words, stage + 1)
            stays[-1].days = words.between(5, 32)
            draft = Draft("open", stays, AS_OF)
            if number == 0 and stage in (1, 2, 3):
                draft.marks.add("stalled")
            elif number == 1 and stage in (3, 4):
                draft.marks.add("waiting")
            elif number == 2 and stage in (2, 3, 4):
                draft.marks.add("backward")
                _turn_back(stays, stage)
                stays[-1].days = words.between(5, 16)
            drafts.append(draft)
    return drafts


def _plant(drafts: list[Draft], limits: list[float]) -> None:
    """Set the length of the quiet stays, now that the limits of the stages are known."""
    beyond = iter([19, 17, 22, 18, 25, 20, 16, 21, 18])
    for draft in drafts:
        for stay in draft.stays:
            if stay.days == 999:
                extra = next(beyond)
                stay.days = round(limits[stay.stage]) + extra
                stay.answered = extra != 25
        if "quiet_lost" in draft.marks:
            draft.stays[-1].days = round(limits[draft.stays[-1].stage]) + 7
    late = iter([27, 23, 7])
    for draft in drafts:
        last = draft.stays[-1]
        if "stalled" in draft.marks:
            extra = next(late)
            last.days, last.quiet = round(limits[last.stage]) + extra, True
            last.answered = extra > 14
        if "waiting" in draft.marks:
            last.days, last.quiet = round(limits[last.stage]) + 19, True
