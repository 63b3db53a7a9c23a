"""Terminal, Markdown, CSV and JUnit: readable, and harmless whatever the names are."""

from __future__ import annotations

import csv
import io
import re
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from report_cases import ALL, HOSTILE, with_texts
from rich.cells import cell_len

from crm_audit.errors import UsageError
from crm_audit.reporters import REPORTERS, ReporterOptions, format_of, render
from crm_audit.reporters.clean import plain
from crm_audit.reporters.csv_findings import safe
from crm_audit.reporters.markdown import escape

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("case", ALL)
def test_terminal_fits_its_width(case: str, width: int) -> None:
    text = str(render(ALL[case](), "terminal", ReporterOptions(width=width)))
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert not CONTROL.search(text)
    assert text.endswith("\n")


def test_terminal_colours_only_on_request() -> None:
    report = ALL["records_history"]()
    coloured = str(render(report, "terminal", ReporterOptions(width=80, color=True)))
    bare = str(render(report, "terminal", ReporterOptions(width=80)))
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).split() == bare.split()


def test_terminal_shows_markup_as_text() -> None:
    text = str(render(with_texts(lambda _: "[/bold] [red]x[/red]"), "terminal"))
    assert "[/bold] [red]x[/red]" in text


def test_terminal_says_everything_the_first_screen_needs() -> None:
    text = str(render(ALL["records_history"](), "terminal", ReporterOptions(width=140)))
    for expected in (
        "CRM фиксирует историю", "Что реально закроется", "Почему сделки стоят", "Где теряются",
        "✗ Нет", "✓ Да", "? Неизвестно", "по умолчанию", "из настроек", "Экспорт", "1 204",
        "212 млн ₽".replace(" ", "\u00a0"),
    ):  # fmt: skip
        assert expected.replace(" ", "\u00a0") in text.replace(" ", "\u00a0")


@pytest.mark.parametrize("text", HOSTILE)
def test_plain_is_one_clean_line(text: str) -> None:
    shown = plain(text)
    assert not CONTROL.search(shown)
    assert "\n" not in shown
    assert len(shown) <= 300
    assert plain(shown) == shown


def test_plain_keeps_what_can_be_read() -> None:
    assert (
        plain("Котельная №2 — «Север» 日本 e\u0301 👍") == "Котельная №2 — «Север» 日本 e\u0301 👍"
    )
    assert plain("\x1b[1;31mred\x1b[0m") == "red"
    assert plain("a\x1b]0;title\x07b") == "ab"
    assert plain("\x1b]not closed") == "not closed"
    assert plain("\x1b[31") == ""


def test_plain_is_quick_on_long_rubbish() -> None:
    for rubbish in ("\x1b]", "\x1b[0", "\t ", "a"):
        assert len(plain(rubbish * 1_000_000)) <= 300
        assert plain(rubbish * 20_000, None) is not None


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_of_a_name_is_only_text(text: str) -> None:
    shown = plain(text)
    if not shown:
        return
    parser = MarkdownIt("commonmark")
    for wrapped in (f"- {escape(shown)}", f"x {escape(shown)} y", escape(shown)):
        inline = [t for t in parser.parse(wrapped) if t.type == "inline"]
        assert len(inline) == 1
        kinds = {c.type for c in inline[0].children or []}
        assert kinds <= {"text", "text_special"}, kinds
        said = "".join(c.content for c in inline[0].children or [])
        assert shown in said


def test_markdown_tables_keep_their_columns() -> None:
    parser = MarkdownIt("commonmark").enable("table")
    calm = [t.type for t in parser.parse(str(render(with_texts(lambda n: f"n{n}"), "markdown")))]
    for text in HOSTILE:
        wild = parser.parse(str(render(with_texts(lambda _, t=text: t), "markdown")))
        assert [t.type for t in wild] == calm, text


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\x00=1", "＝1"])
def test_csv_has_no_formula(text: str) -> None:
    assert safe(text).startswith("'")


@pytest.mark.parametrize("case", ALL)
def test_csv_reads_back(case: str) -> None:
    text = str(render(ALL[case](), "csv"))
    assert text.startswith("\ufeff")
    assert not CONTROL.search(text.replace("\r\n", "").removeprefix("\ufeff"))
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert len(rows) == 1 + len(ALL[case]().findings)
    assert {len(row) for row in rows} == {16}
    for row in rows[1:]:
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_csv_numbers_are_numbers() -> None:
    report = ALL["records_history"]()
    report.findings[0].amount = 1234.5
    rows = list(csv.reader(io.StringIO(str(render(report, "csv")))))
    assert rows[1][4] == "1234.5"
    assert rows[2][4] == "38000000"


@pytest.mark.parametrize("case", ALL)
def test_junit_counts_what_it_holds(case: str) -> None:
    report = ALL[case]()
    root = ElementTree.fromstring(str(render(report, "junit")))
    suites = root.findall("testsuite")
    assert len(suites) == len(report.questions) + bool(report.rules)
    for suite in (root, *suites):
        assert int(suite.get("tests", "")) == len(list(suite.iter("testcase")))
        assert int(suite.get("failures", "")) == len(list(suite.iter("failure")))
        assert int(suite.get("skipped", "")) == len(list(suite.iter("skipped")))
    for question, suite in zip(report.questions, suites, strict=False):
        outcome = {"no": "failure", "unknown": "skipped"}
        for check, case_ in zip(question.checks, suite.findall("testcase"), strict=False):
            assert (
                {c.tag for c in case_} == {outcome[check.answer]} - {None}
                if (check.answer in outcome)
                else not list(case_)
            )


def test_formats_by_name() -> None:
    assert format_of("a/report.HTML") == "html"
    assert format_of("x.md") == "markdown"
    assert format_of("x.json") == "json"
    assert format_of("x.xml") == "junit"
    with pytest.raises(UsageError, match=r"report\.doc.*\.html"):
        format_of("report.doc")
    with pytest.raises(UsageError, match=r"pdf.*html"):
        render(ALL["empty"](), "pdf")
    assert set(REPORTERS) == {"terminal", "html", "markdown", "json", "junit", "csv", "xlsx"}
