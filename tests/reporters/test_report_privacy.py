"""People of the client do not travel with a file unless asked; the own seller and ids do."""

from __future__ import annotations

import json

import pytest
from report_cases import ALL, DATA, with_texts

from crm_audit.model.report import Report
from crm_audit.reporters import ReporterOptions, render
from crm_audit.reporters.privacy import Privacy, personal_fields
from crm_audit.wording import Wording

TRAVEL = ("html", "markdown", "csv", "junit")


def hidden(text: str) -> str:
    return Privacy(ReporterOptions(), Wording("en")).text(text)


@pytest.mark.parametrize(
    "text",
    [
        "+7 916 123-45-67",
        "+79161234567",
        "8 (916) 123-45-67",
        "89161234567",
        "7 916 123 45 67",
        "(495) 123-45-67",
        "+44 20 7946 0958",
        "+1 (415) 555-0132",
        "415-555-0132",
        "ivan.petrov@client.ru",
        "Иван_1@почта.рф",
        "Иванов И.И.",
        "Иванов И. И.",
        "И. И. Иванов",
        "Иванов Иван Иванович",
        "Петровой Марии Ивановне",
        "Анна Ильинична",
        "Mr. Smith",
        "Dr Jane Doe",
    ],
)
def test_hidden(text: str) -> None:
    shown = hidden(f"call {text}, then wait")
    assert text not in shown
    assert not set(shown) & set("0123456789@")
    assert shown.startswith("call ")
    assert shown.endswith(", then wait")


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-01 12:30",
        "01.10.2026",
        "договор № 12345678901234567890",
        "84 500 000 ₽",
        "1 234 567,89",
        "ГОСТ 12345-2010",
        "Котельная №2, корпус 8",
        "ООО «Ромашка»",
        "Проект Северный Поток",
        "10318",
        "sha256:5f2c8916123456789a",
        "a@b",
        "Новая заявка",
        "0.71–0.74",
    ],
)
def test_not_hidden(text: str) -> None:
    assert hidden(text) == text


def test_personal_fields_are_those_the_schema_marks() -> None:
    assert {"contact", "approver", "payer", "notes", "name", "client_owner"} <= personal_fields()
    assert not {"owner", "company", "deal_name", "contact_position"} & personal_fields()


def canaries() -> Report:
    """A report with a person in every fact that holds people, and contacts in all other text."""
    data = json.loads((DATA / "records_history.json").read_text(encoding="utf-8"))
    people = {f: f"Canaryname {f}" for f in sorted(personal_fields())}
    data["findings"][0]["facts"] = people | {
        "risk": "ring 8 (999) 765-43-21 or leak@secret.example"
    }
    data["findings"][0]["deal_name"] = "Pump, leak@secret.example"
    data["stalls"]["deals"][0]["reason"] = "ask Канарейкина Ольга Петровна, 8 (999) 765-43-21"
    data["inputs"][0]["rejects"][0]["text"] = "Canaryname;8 (999) 765-43-21;leak@secret.example"
    data["inputs"][0]["bad_cells"][0]["text"] = "Canaryname"
    data["inputs"][0]["mapping"]["contact"]["samples"] = ["Canaryname"]
    data["forecast"]["top"][0]["next_step"] = "mail leak@secret.example"
    return Report.model_validate(data)


LEAKS = ("Canaryname", "765-43-21", "leak@secret", "Канарейкина")


@pytest.mark.parametrize("format", TRAVEL)
def test_people_do_not_travel(format: str) -> None:
    text = str(render(canaries(), format))
    assert [leak for leak in LEAKS if leak in text] == []


@pytest.mark.parametrize("format", TRAVEL)
def test_phone_in_any_text_does_not_travel(format: str) -> None:
    report = with_texts(lambda n: f"t{n} +7 916 123-45-67 x@y.example")
    late = report.movement.diary.life.listed  # type: ignore[union-attr]
    for row in (*report.findings, *report.forecast.top, *report.stalls.deals, *late):
        row.owner = "Seller"  # the own seller is nobody of the client: left as it is
    text = str(render(report, format))
    assert "916" not in text
    assert "x@y.example" not in text


def test_shown_on_request() -> None:
    text = str(render(canaries(), "html", ReporterOptions(show_pii=True)))
    assert [leak for leak in LEAKS if leak not in text] == []
    assert "персональные данные клиентов" in text


def test_json_and_terminal_are_not_masked() -> None:
    assert "Canaryname contact" in str(render(canaries(), "json"))
    terminal = str(render(canaries(), "terminal", ReporterOptions(width=160)))
    assert "leak@secret.example" in terminal
    assert "Canaryname contact" in terminal


@pytest.mark.parametrize("format", [*TRAVEL, "terminal"])
def test_names_are_hidden_on_request(format: str) -> None:
    report = ALL["records_history"]()
    report.headlines[0].text = "Первая — Реконструкция котельной №2, за ней остальные."
    names = {n for d in report.forecast.top for n in (d.deal_name, d.company) if n}
    plain = str(render(report, format, ReporterOptions(width=160)))
    masked = str(render(report, format, ReporterOptions(mask_names=True, width=160)))
    assert [n for n in names if n in plain]
    assert [n for n in names if n in masked] == []
    if format != "terminal":
        assert "10318" in masked


def test_pseudonyms_are_stable_and_keyed() -> None:
    def masked(key: bytes) -> str:
        options = ReporterOptions(mask_names=True, pseudonym_key=key)
        return Privacy(options, Wording("en")).deal("Pump")

    assert masked(b"one") == masked(b"one")
    assert masked(b"one") != masked(b"two")
    assert masked(b"") == "[name hidden]"
    person = Privacy(ReporterOptions(pseudonym_key=b"one"), Wording("ru")).fact("contact", "Анна")
    assert person.startswith("персона ")


def test_own_seller_and_ids_stay() -> None:
    report = ALL["records_history"]()
    report.forecast.top[0].deal_id = "89161234567"
    for format in ("html", "csv"):
        assert "Смирнов А." in str(render(report, format))
    assert "89161234567" in str(render(report, "html"))
    assert "89161234567" in str(render(report, "markdown"))
