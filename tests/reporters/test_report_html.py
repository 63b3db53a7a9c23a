"""The page: self-contained, safe whatever the names are, accessible, and says what it must."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from report_cases import ALL, HOSTILE, with_texts

from crm_audit.reporters import ReporterOptions, render, templates


class Page(HTMLParser):
    """Tags with their attributes, and the text between them."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def named(self, *tags: str) -> list[tuple[str, dict[str, str | None]]]:
        return [t for t in self.tags if t[0] in tags]


def html(case: str, **options: object) -> str:
    return str(render(ALL[case](), "html", ReporterOptions(**options)))  # type: ignore[arg-type]


@pytest.fixture(params=list(ALL))
def page(request: pytest.FixtureRequest) -> str:
    return html(request.param)


def test_policy_allows_the_style_sheet_and_nothing_else(page: str) -> None:
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policies = [a["content"] for _, a in Page(page).named("meta") if "http-equiv" in a]
    assert policies == [
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    ]
    assert "@import" not in style[1]
    assert "http" not in style[1]
    assert set(re.findall(r"url\(([^)]*)\)", style[1])) == {"#hatch"}


def test_loads_and_runs_nothing(page: str) -> None:
    tags = Page(page).tags
    forbidden = {"script", "link", "iframe", "img", "object", "embed", "form", "base", "use"}
    assert not {t for t, _ in tags} & forbidden
    for tag, attributes in tags:
        assert not [a for a in attributes if a.startswith("on") or a in ("style", "src", "srcset")]
        if "href" in attributes:
            assert tag == "a"
            assert str(attributes["href"]).startswith("#")


def test_links_lead_somewhere(page: str) -> None:
    tags = Page(page).tags
    ids = [a["id"] for _, a in tags if "id" in a]
    assert len(ids) == len(set(ids))
    for _, attributes in tags:
        if "href" in attributes:
            assert str(attributes["href"])[1:] in ids


@pytest.mark.parametrize("text", HOSTILE)
def test_sequence_of_tags_does_not_depend_on_names(text: str) -> None:
    calm = Page(str(render(with_texts(lambda n: f"name{n}"), "html")))
    wild = Page(str(render(with_texts(lambda _: text), "html")))
    assert [t for t, _ in wild.tags] == [t for t, _ in calm.tags]
    assert [sorted(a) for _, a in wild.tags] == [sorted(a) for _, a in calm.tags]


def test_no_hidden_characters_reach_the_page() -> None:
    page = html("hostile")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]", page)
    assert "49" not in re.findall(r"\{\{ 7\*7 \}\}|(?<=>)49(?=<)", page)


def test_headings_go_down_one_by_one(page: str) -> None:
    levels = [int(t[1]) for t, _ in Page(page).named("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_language_and_text_alternatives(page: str) -> None:
    parsed = Page(page)
    assert parsed.named("html")[0][1]["lang"] in ("ru", "en")
    for _, attributes in parsed.named("svg"):
        assert attributes.get("aria-hidden") or attributes.get("aria-label")
    for _, attributes in parsed.named("section", "nav"):
        assert attributes.get("aria-labelledby") or attributes.get("aria-label")


def test_every_threshold_stands_there_with_its_origin() -> None:
    text = " ".join(Page(html("records_history")).text)
    report = ALL["records_history"]()
    for question in report.questions:
        for check in question.checks:
            assert check.id in text
            assert check.title in text
    for param in report.thresholds.values():
        assert param.text in text
    for origin in ("по умолчанию", "из настроек", "по вашим данным", "правило статьи"):
        assert origin in text


def test_findings_are_traceable() -> None:
    text = " ".join(Page(html("records_history")).text)
    for finding in ALL["records_history"]().findings:
        assert finding.rule in text
        assert finding.source
        assert f"строка\u00a0{finding.source.line}" in text


def test_inconclusive_says_what_is_certain_and_what_settles_it() -> None:
    first = html("inconclusive").split('id="questions"')[0]
    report = ALL["inconclusive"]()
    assert "What is already certain" in first
    assert report.gaps[0].export.split("“")[0] in first
    assert "What is already certain" not in html("records_history")
    assert "chip-unknown" in first


def test_long_tables_are_cut_and_say_so() -> None:
    report = ALL["records_history"]()
    page = str(render(report, "html", ReporterOptions(rows=2)))
    stalls = page.partition('id="stalls"')[2].partition("</section>")[0]
    assert stalls.count("<tr>") == 3
    assert "и ещё 25" in stalls


def test_empty_export_is_told_as_such() -> None:
    page = html("empty")
    assert "оценивать нечего" in page
    assert "<aside" not in page


def test_a_parameter_without_text_and_an_odd_fact_are_shown() -> None:
    report = ALL["records_history"]()
    report.rules[0].params["raw_name"] = (
        report.rules[0].params["share"].model_copy(update={"text": "", "value": "any"})
    )
    report.findings[0].facts |= {"list": [1, "two", None], "flag": True, "share_of": 0.5}
    page = str(render(report, "html"))
    assert "raw_name: any" in page
    assert "1, two, —" in page


def test_templates_that_cannot_be_kept_are_compiled_in_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    report = ALL["records_history"]()
    page = render(report, "html", ReporterOptions())
    kept = tmp_path / "kept"
    kept.write_text("a file where the folder of compiled templates should be")
    monkeypatch.setattr(templates, "_compiled", lambda: templates._Compiled(kept))
    assert render(report, "html", ReporterOptions()) == page
    fresh = templates._Compiled(tmp_path / "fresh")
    monkeypatch.setattr(templates, "_compiled", lambda: fresh)
    assert render(report, "html", ReporterOptions()) == page
    assert list((tmp_path / "fresh").iterdir())
    read_back = templates._Compiled(tmp_path / "fresh")
    monkeypatch.setattr(templates, "_compiled", lambda: read_back)
    assert render(report, "html", ReporterOptions()) == page
    assert not read_back.code
    for cut in (tmp_path / "fresh").iterdir():
        cut.write_bytes(cut.read_bytes()[:30])
    healed = templates._Compiled(tmp_path / "fresh")
    monkeypatch.setattr(templates, "_compiled", lambda: healed)
    assert render(report, "html", ReporterOptions()) == page
    assert min(len(kept.read_bytes()) for kept in (tmp_path / "fresh").iterdir()) > 30
