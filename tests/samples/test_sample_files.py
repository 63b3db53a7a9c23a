"""The committed samples are what the generator writes, true to their layouts, and invented."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from companies import EXPECTED, SAMPLES, sheets

import make_samples
from samples.vocabulary import WORDS, header_row

ENCODINGS = {"well_run_ru": "cp1251", "neglected_ru": "utf-8-sig"}
CSV_FILES = sorted(path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*.csv"))
FACT_DATES = re.compile(
    r"^(Дата (создания|изменения|редактирования|перехода|последней активности|завершения).*"
    r"|Created.*|Create Date|CreatedDate|Last Modified.*|LastModifiedDate|Last Activity.*"
    r"|LastActivityDate|Changed At|Completed.*|Stage Entered Date|Date entered .*"
    r"|Deal - (Creation date|Update time|Last activity date|Closed on))$"
)
FORMS = (
    "%d.%m.%Y %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.000+0000",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%d.%m.%Y",
    "%Y-%m-%d",
)


def grid(name: str) -> list[list[str]]:
    """Read a CSV sample as rows of cells."""
    path = SAMPLES / name
    text = path.read_bytes().decode(ENCODINGS.get(path.parent.name, "utf-8"))
    head = text.split("\n", 1)[0]
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in head else ","))


def moment(text: str) -> datetime | None:
    """Read a moment in any form of the samples."""
    for form in FORMS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None


def test_the_generator_gives_the_committed_bytes() -> None:
    assert make_samples.main(["--check"]) == 0


def test_a_changed_byte_is_seen(tmp_path: Path) -> None:
    make_samples.make(tmp_path)
    with (tmp_path / "neglected_en" / "deals.csv").open("a") as file:
        file.write("x")
    assert make_samples.differences(tmp_path, SAMPLES) == ["neglected_en/deals.csv"]


def test_size() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()) < 1_500_000
    assert not list(SAMPLES.rglob("*.py"))


def test_rows_are_as_expected() -> None:
    listed = set()
    for sample, expected in EXPECTED.items():
        for file, said in expected["files"].items():
            name, _, sheet = file.partition("#")
            listed.add(f"{sample}/{name}")
            if name.endswith(".csv"):
                rows = len(grid(f"{sample}/{name}")) - 1
            else:
                rows = len(sheets(SAMPLES / sample / name)[sheet or "Deals"])
            assert rows == said["rows"] == said["imported"] + said.get("merged", 0), file
    there = {path.relative_to(SAMPLES).as_posix() for path in SAMPLES.glob("*/*.*")}
    assert there == listed


@pytest.mark.parametrize("name", CSV_FILES)
def test_every_row_is_as_long_as_its_header(name: str) -> None:
    assert len({len(row) for row in grid(name)}) == 1


@pytest.mark.parametrize("sample", sorted(EXPECTED))
def test_newest_fact_is_the_date_said(sample: str) -> None:
    found = []
    for file in (SAMPLES / sample).iterdir():
        if file.suffix == ".csv":
            header, *rows = grid(f"{sample}/{file.name}")
        else:
            book = sheets(file)
            for sheet in book.values():
                columns = [column for column in sheet[0] if FACT_DATES.match(column)]
                found += [moment(row[column]) for row in sheet for column in columns]
            continue
        places = [place for place, column in enumerate(header) if FACT_DATES.match(column)]
        found += [moment(row[place]) for row in rows for place in places]
    dates = [at for at in found if at and at.year < 2100]
    assert max(dates).date().isoformat() == EXPECTED[sample]["as_of"]
    assert sum(at.year > 2100 for at in found if at) == ("neglected" in sample)


def test_amocrm_layout() -> None:
    header, *rows = grid("amocrm_ru/leads.csv")
    assert header == header_row("amocrm_ru")
    assert header[2] == "Бюджет "
    twice = [name for name, count in Counter(header).items() if count > 1]
    assert sorted(twice) == ["cid", "roistat", "tid", "uid", "Источник", "Товар"]
    close = {row[header.index("Дата закрытия")] for row in rows}
    assert "не закрыта" in close
    assert any("\n" in row[header.index("Примечание")] for row in rows)
    expected = EXPECTED["amocrm_ru"]
    double = [key for key, count in Counter(map(tuple, rows)).items() if count == 2]
    assert [row[0] for row in double] == [expected["planted"]["row_there_twice"]]
    unsorted = [row[0] for row in rows if row[15] == "Неразобранное"]
    assert unsorted == expected["planted"]["technical"]


def test_bitrix24_layout() -> None:
    text = (SAMPLES / "bitrix24_ru" / "deals.csv").read_text(encoding="utf-8")
    assert re.search(r'^"ID";', text)
    assert all(line.endswith('";') for line in re.sub(r'\n(?!"|$)', " ", text).splitlines())
    header, *rows = grid("bitrix24_ru/deals.csv")
    assert header == [*header_row("bitrix24_ru"), ""]
    sums: dict[str, float] = {}
    for row in rows:
        if row[9]:
            sums[row[0]] = sums.get(row[0], 0) + float(row[3])
    assert sums == EXPECTED["bitrix24_ru"]["planted"]["amounts_of_deals_with_products"]


def test_hubspot_layout() -> None:
    (name,) = [path.name for path in (SAMPLES / "hubspot_en").iterdir()]
    assert re.fullmatch(r"hubspot-crm-exports-all-deals-\d{4}-\d\d-\d\d\.csv", name)
    header = grid(f"hubspot_en/{name}")[0]
    assert header[:3] == ["Record ID", "Deal Name", "Deal Stage"]
    assert 'Date entered "Contract sent (Sales Pipeline)"' in header
    assert sum(column.startswith("Date entered ") for column in header) == 7


def test_salesforce_layout() -> None:
    deals, history, tasks = (
        grid(f"salesforce_en/{file}.csv") for file in ("opportunity", "opportunity_history", "task")
    )
    ids = {row[0] for row in deals[1:]}
    assert {len(one) for one in ids} == {18}
    assert {row[1] for row in history[1:]} == ids
    assert {row[1] for row in tasks[1:]} <= ids
    first, second = EXPECTED["salesforce_en"]["planted"]["ids_that_differ_by_case"]
    assert first != second
    assert first[:15].lower() == second[:15].lower()


def test_companies_people_and_addresses_are_invented() -> None:
    roots: set[str] = set()
    surnames: set[str] = set()
    for language in ("ru", "en"):
        words = tomllib.loads((WORDS / f"{language}.toml").read_text(encoding="utf-8"))
        roots |= set(words["company_roots"])
        surnames |= set(words["surnames"])
    columns = {"Компания", "Company", "Account Name", "Account.Name", "Associated Company"}
    people = {"Ответственный", "ФИО", "Контакт", "Full Name", "Deal Owner", "Deal owner", "ЛПР"}
    for name in CSV_FILES:
        header, *rows = grid(name)
        for row in rows:
            for column, cell in zip(header, row, strict=True):
                if cell and column in columns:
                    assert any(root in cell for root in roots), cell
                if cell and column in people:
                    assert any(surname in cell for surname in surnames), cell


def test_no_real_phones_or_addresses() -> None:
    for name in CSV_FILES:
        text = "\n".join(";".join(row) for row in grid(name))
        phones = re.findall(r"(?<![\d.T:-])\+?\d[\d ()-]{9,}\d", text)
        phones = [one for one in phones if re.search(r"[+()]", one) or re.match(r"[78]9", one)]
        assert all(one.startswith("+7 000 000-00-") for one in phones), phones[:3]
        hosts = re.findall(r"@([\w.-]+)", text)
        assert all(host.endswith(".example") for host in hosts)
