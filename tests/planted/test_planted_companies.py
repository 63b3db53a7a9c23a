"""The planted truth is in the files: told again from the rows alone, without the generator."""

from __future__ import annotations

import csv
import functools
import hashlib
import tempfile
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from planted import company
from planted.truth import Truth
from planted.world import LANGUAGES, words_of

SEEDS = range(20)
TOLD_AGAIN = range(8)
"""Seeds whose files are read back; the rest differ from these by chance alone."""
Rows = list[dict[str, str]]


class Files:
    """The files of a seed, read back, with the headers as the field names of the generator."""

    def __init__(self, seed: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.truth: Truth = company.write(seed, Path(folder))
            self.own = words_of(LANGUAGES[seed % 2])
            self.digest = digest(Path(folder))
            self.deals = self.read(Path(folder) / "deals.csv", "deals")
            self.history = self.read(Path(folder) / "stage_history.csv", "history")
            self.activities = self.read(Path(folder) / "activities.csv", "activities")
            self.exports = {
                date.fromisoformat(path.stem[-10:]): self.read(path, "deals")
                for path in sorted((Path(folder) / "exports").iterdir())
            }

    def read(self, path: Path, table: str) -> Rows:
        """Read a file; its columns get the names that the words give them."""
        fields = {title: field for field, title in self.own[table].items()}
        delimiter = ";" if self.truth.language == "ru" else ","
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=delimiter))
        return [{fields[title]: cell for title, cell in row.items()} for row in rows]

    def moment(self, text: str) -> datetime:
        """Read a date, with its time if it has one."""
        if self.truth.language == "ru":
            text = f"{text[6:10]}-{text[3:5]}-{text[:2]}{text[10:]}"
        return datetime.fromisoformat(text)

    @functools.cached_property
    def moves(self) -> list[tuple[str, datetime, str, str, str]]:
        """Moves by the history: deal, moment, user, stage before, stage after."""
        found, last = [], {}
        order: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in self.history:
            order[row["id"]].append(row)
        for deal, rows in order.items():
            for row in sorted(rows, key=lambda r: self.moment(r["at"])):
                before = last.get(deal)
                last[deal] = row["stage"]
                closed = (self.own["won"], self.own["lost"])
                kept = before not in (None, row["stage"], *closed)
                if kept and row["stage"] != self.own["lost"]:
                    found.append((deal, self.moment(row["at"]), row["by"], before, row["stage"]))
        return found

    @functools.cached_property
    def ranks(self) -> dict[str, int]:
        """Places of the stages by the words, won last."""
        ranks = {self.own["won"]: 99}
        present = {row["stage"] for row in self.history}
        for pipeline in self.own["pipelines"]:
            stages = [s["name"] for s in pipeline["stages"] if s["name"] in present]
            ranks |= {name: place for place, name in enumerate(stages)}
        return ranks


def digest(folder: Path) -> str:
    """The bytes of every file of a folder in one figure."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.csv")):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


@functools.cache
def files(seed: int) -> Files:
    """The files of a seed, made once."""
    return Files(seed)


@pytest.fixture(params=TOLD_AGAIN, scope="module")
def made(request: pytest.FixtureRequest) -> Files:
    return files(request.param)


def test_sizes(made: Files) -> None:
    assert 400 <= len(made.deals) <= 900
    assert len(made.history) > 3 * len(made.deals)
    assert len(made.activities) > 3 * len(made.deals)
    assert len(made.exports) in (2, 3, 4)
    status = Counter(row["status"] for row in made.deals)
    assert min(status.values()) > 40
    assert len({row["id"] for row in made.deals}) == len(made.deals)
    assert {row["id"] for row in made.history} == {row["id"] for row in made.deals}
    assert {row["deal"] for row in made.activities} <= {row["id"] for row in made.deals}


def test_the_last_export_is_the_newest_fact(made: Files) -> None:
    for day, rows in made.exports.items():
        assert max(made.moment(row["updated"]) for row in rows).date() == day
    assert max(made.exports) == made.truth.as_of


def test_stage_of_the_card_is_the_last_of_the_history(made: Files) -> None:
    last = {row["id"]: row["stage"] for row in made.history}
    assert last == {row["id"]: row["stage"] for row in made.deals}


def crowds(made: Files) -> list[set[str]]:
    """Sets of five deals or more that one user moved within 60 seconds."""
    by_user: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for deal, at, by, _, _ in made.moves:
        by_user[by].append((at, deal))
    found: list[set[str]] = []
    for events in by_user.values():
        events.sort()
        for start, _ in events:
            near = {d for at, d in events if timedelta() <= at - start <= timedelta(seconds=60)}
            if len(near) >= 5 and not any(near <= other for other in found):
                found.append(near)
    return found


def test_bulk_moves(made: Files) -> None:
    planted = [set(bulk.deals) for bulk in made.truth.movement.bulk]
    assert sorted(map(sorted, crowds(made))) == sorted(map(sorted, planted))


def test_crowds_that_are_none(made: Files) -> None:
    evenings: dict[date, list[tuple[datetime, str]]] = defaultdict(list)
    for _, at, by, _, _ in made.moves:
        if at.hour >= 17:
            evenings[at.date()].append((at, by))
    planted = {bulk.start.date() for bulk in made.truth.movement.bulk}
    near = []
    for day, events in evenings.items():
        if day not in planted:
            span = (max(events)[0] - min(events)[0]).total_seconds()
            near.append((len(events), len({by for _, by in events}), span <= 60))
    assert sorted(n for n in near if n[0] >= 4) == [(4, 1, True), (5, 1, False), (5, 5, True)]


def test_moves(made: Files) -> None:
    movement, ranks = made.truth.movement, made.ranks
    optional = {ranks[name] for name in made.truth.optional_stages}
    assert movement.total == len(made.moves)
    back, skips, days = set(), set(), Counter()
    total = {
        stage["name"]: sum(s["name"] in ranks for s in pipeline["stages"])
        for pipeline in made.own["pipelines"]
        for stage in pipeline["stages"]
    }
    for deal, at, _, before, after in made.moves:
        target = ranks[after] if after in total else total[before]
        passed = range(ranks[before] + 1, target)
        first = before in {s["name"] for s in made.own["pipelines"][0]["stages"]}
        if ranks[after] < ranks[before]:
            back.add((deal, at))
            continue
        days[deal, at.date()] += 1
        if any(place not in optional or not first for place in passed):
            skips.add((deal, at))
    assert back == {(m.deal, m.at) for m in movement.rollbacks}
    assert skips == {(m.deal, m.at) for m in movement.skips}
    twice = {key for key, count in days.items() if count > 1 and key[0] not in movement.corrected}
    assert twice == {(m.deal, m.at.date()) for m in movement.same_day}
    assert sum(days[key] for key in twice) == len(movement.same_day)


def test_whole_way_on_the_closing_day(made: Files) -> None:
    found = set()
    stages: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for deal, at, _, _, after in made.moves:
        stages[deal].append((at, after))
    for deal, log in stages.items():
        won = [at.date() for at, after in log if after == made.own["won"]]
        if won and len(log) >= 4 and {at.date() for at, _ in log} == {won[0]}:
            found.add(deal)
    assert found == made.truth.diary.walked_on_closing_day


def test_created_after_signing(made: Files) -> None:
    diary, imported = made.truth.diary, made.truth.imported
    rewritten = {s.deal for s in made.truth.between.closed_rewritten}
    for field, planted in (
        ("closed", diary.created_after_closing),
        ("contract_date", diary.created_after_contract),
    ):
        early = {
            row["id"]
            for row in made.deals
            if row[field] and made.moment(row[field]) < made.moment(row["created"])
        }
        assert early - imported - rewritten == planted
    assert len(imported) == 24


def test_habits_of_owners(made: Files) -> None:
    diary = made.truth.diary
    for habit in diary.meeting_day:
        events = [r["at"] for r in made.history if r["by"] == habit.owner]
        events += [r["created"] for r in made.activities if r["owner"] == habit.owner]
        assert len(events) > 100
        assert {made.moment(at).weekday() for at in events} == {habit.value}
    spread = defaultdict(Counter)
    for row in made.history:
        spread[row["by"]][made.moment(row["at"]).weekday()] += 1
    others = set(spread) - {habit.owner for habit in diary.meeting_day}
    shares = [max(spread[o].values()) / sum(spread[o].values()) for o in others]
    assert 0.3 < max(shares) < 0.6
    ends: dict[str, list[bool]] = defaultdict(list)
    for row in made.deals:
        if row["id"] not in made.truth.imported:
            day = made.moment(row["expected_close"])
            ends[row["owner"]].append((day + timedelta(days=1)).day == 1)
    habitual = {habit.owner for habit in diary.month_end}
    for owner, marks in ends.items():
        share = sum(marks) / len(marks)
        assert share > 0.7 if owner in habitual else share < 0.25


def test_tasks_repeat_the_next_steps(made: Files) -> None:
    steps = {
        row["id"]: (row["next_step"], row["next_step_date"])
        for row in made.deals
        if row["next_step"]
    }
    tasks = {r["deal"]: (r["subject"], r["due"]) for r in made.activities if not r["done"]}
    assert tasks == steps


def test_next_steps(made: Files) -> None:
    diary = made.truth.diary
    open_deals = {row["id"]: row for row in made.deals if row["next_step"]}
    for habit in diary.one_date:
        days = {i: made.moment(open_deals[i]["next_step_date"]).date() for i in habit.deals}
        assert set(days.values()) == {habit.value}
        own = {i for i, row in open_deals.items() if row["owner"] == habit.owner}
        assert own == habit.deals
        assert len(own) >= 8
    texts = Counter(row["next_step"] for row in open_deals.values())
    many = {text for text, count in texts.items() if count > 4}
    assert many == {habit.value for habit in diary.copied_steps}
    for habit in diary.copied_steps:
        assert texts[str(habit.value)] == len(habit.deals)


def test_bulk_edits(made: Files) -> None:
    minutes: dict[tuple[str, datetime], set[str]] = defaultdict(set)
    for row in made.deals:
        minute = made.moment(row["updated"]).replace(second=0)
        minutes[row["updated_by"], minute].add(row["id"])
    planted = {frozenset(bulk.deals) for bulk in made.truth.diary.bulk_edits}
    assert {frozenset(ids) for ids in minutes.values() if len(ids) >= 5} == planted
    assert any(len(ids) == 4 for ids in minutes.values())


def test_gates_and_facts(made: Files) -> None:
    playbook = made.truth.playbook
    furthest: dict[str, int] = {}
    for row in made.history:
        rank = made.ranks.get(row["stage"], -1)
        furthest[row["id"]] = max(furthest.get(row["id"], -1), rank)
    titles = {title: field for field, title in made.own["deals"].items()}
    for gate in playbook.gates:
        rows = [row for row in made.deals if row["pipeline"] == gate.pipeline]
        after = [r for r in rows if furthest[r["id"]] >= made.ranks[gate.stage]]
        before = [r for r in rows if furthest[r["id"]] < made.ranks[gate.stage]]
        assert min(len(after), len(before)) >= 10
        field = titles[gate.field]
        assert sum(bool(r[field]) for r in after) >= 0.95 * len(after)
        assert sum(bool(r[field]) for r in before) <= 0.15 * len(before)
    status = made.own
    by_end = {
        end: [row for row in made.deals if row["stage"] == status[end]] for end in ("won", "lost")
    }
    for title in {fact.field for fact in playbook.facts} | playbook.fact_decoys:
        won, lost = (
            sum(bool(row[titles[title]]) for row in rows) / len(rows) for rows in by_end.values()
        )
        assert abs(won - lost) > 0.3 if title not in playbook.fact_decoys else abs(won - lost) < 0.2


def test_stalls(made: Files) -> None:
    standing = made.truth.standing
    heard: dict[str, datetime] = {}
    ahead: dict[str, int] = {}
    for row in made.history:
        rank = made.ranks.get(row["stage"], -1)
        if rank > ahead.get(row["id"], -2) or row["before"] == made.own["lost"]:
            heard[row["id"]] = made.moment(row["at"])
        ahead[row["id"]] = rank
    for row in made.activities:
        if row["done"] and row["direction"] not in ("Исходящее", "Outbound"):
            at = made.moment(row["done"])
            heard[row["deal"]] = max(heard[row["deal"]], at)
    open_deals = [
        row for row in made.deals if row["stage"] not in (made.own["won"], made.own["lost"])
    ]
    as_of = made.truth.as_of
    quiet = {
        row["id"]: heard[row["id"]].date()
        for row in open_deals
        if (as_of - heard[row["id"]].date()).days > standing.limits[row["stage"]]
    }
    assert set(quiet) == set(standing.stalled) | standing.waiting
    assert {i: quiet[i] for i in standing.stalled} == standing.stalled
    waits = {row["id"] for row in open_deals if row["next_decision_at"]}
    assert waits == standing.waiting


def test_between_exports(made: Files) -> None:
    between = made.truth.between
    assert sorted(made.exports) == between.exports
    assert all(("id" in rows[0]) == between.with_ids for rows in made.exports.values())
    told = Counter()
    for earlier, later in zip(between.exports, between.exports[1:], strict=False):
        one, two = (
            {between.names[day][row["name"]]: row for row in made.exports[day]}
            for day in (earlier, later)
        )
        assert len(one) == len(made.exports[earlier])
        told["vanished"] += len(one.keys() - two.keys())
        told["appeared"] += len(two.keys() - one.keys())
        for deal in one.keys() & two.keys():
            a, b = one[deal], two[deal]
            closed = (made.own["won"], made.own["lost"])
            reopened = a["stage"] in closed and b["stage"] not in closed
            told["reopened"] += reopened
            told["moved"] += a["stage"] != b["stage"] and not reopened
            told["amounts"] += a["amount"] != b["amount"]
            told["owners"] += a["owner"] != b["owner"]
            days = made.moment(a["expected_close"]), made.moment(b["expected_close"])
            told["pushed"] += days[1] > days[0]
            told["pulled"] += days[1] < days[0]
            told["created_rewritten"] += a["created"] != b["created"]
            both = a["closed"] and b["closed"]
            told["closed_rewritten"] += bool(both and a["closed"] != b["closed"])
            early = b["closed"] and not a["closed"] and made.moment(b["closed"]).date() < earlier
            told["closed_before_seen_open"] += bool(early)
            assert (a["name"] != b["name"]) == (
                deal in between.respelled and later == made.truth.as_of
            )
    assert {name: len(getattr(between, name)) for name in told} == dict(told)


def test_each_thing_is_planted_and_absent_somewhere() -> None:
    names = [*company.THINGS, "rule", "no_rule"]
    for name in names:
        there = sum(name in company.things(seed) for seed in SEEDS)
        assert 4 <= there <= 18, name


@pytest.mark.parametrize("seed", [0, 1])
def test_same_seed_same_bytes(seed: int) -> None:
    assert Files(seed).digest == files(seed).digest
