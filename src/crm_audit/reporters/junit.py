"""The audit as JUnit XML for a scheduled job: questions and rules as tests."""

from __future__ import annotations

from xml.etree import ElementTree

from crm_audit.model.report import Check, Question, Report, RuleResult
from crm_audit.reporters.options import ReporterOptions
from crm_audit.reporters.view import View

LISTED = 20
"""Findings named in the failure of a rule."""


def render(report: Report, options: ReporterOptions) -> str:
    """A suite for each question and one for the rules: no is a failure, cannot tell is skipped.

    The file may be kept by a CI server, so people of the client are hidden as in other files.
    """
    view = View(report, options)
    suites = [_question(view, q) for q in report.questions]
    if report.rules:
        suites.append(_suite(view.t("junit_rules"), [_rule(view, r) for r in report.rules]))
    root = ElementTree.Element("testsuites", {"name": "crm-audit", **_total(suites)})
    root.extend(suites)
    ElementTree.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"


def _question(view: View, question: Question) -> ElementTree.Element:
    cases = [_check(view, question, check) for check in question.checks]
    if not cases:
        case = _case(f"question.{question.id}", question.id)
        _outcome(case, question.answer, view.text(question.reason), view.answer(question.answer))
        cases.append(case)
    return _suite(f"{question.number}. {view.text(question.text)}", cases)


def _check(view: View, question: Question, check: Check) -> ElementTree.Element:
    case = _case(f"question.{question.id}", f"{check.id}: {view.text(check.title)}")
    said = f"{view.gauge(check)} ({view.label('origin', check.origin)})"
    body = "\n".join(view.text(t) for t in (check.note, question.reason, question.to_yes) if t)
    _outcome(case, check.answer, said, body)
    return case


def _rule(view: View, rule: RuleResult) -> ElementTree.Element:
    case = _case(f"rule.{rule.severity}", f"{rule.id}: {view.text(rule.title)}")
    answer = "no" if rule.hits else "unknown" if rule.unknown and not rule.assessed else "yes"
    found = view.w.count(rule.hits, "noun_finding")
    lines = [view.text(rule.fix)]
    for finding in view.by_rule.get(rule.id, [])[:LISTED]:
        place = view.source(finding.source)
        parts = (view.deal(finding), finding.deal_id, view.money(finding), place)
        lines.append(" · ".join(view.clean(p) for p in parts if p))
    _outcome(case, answer, view.t("junit_hits", title=view.text(rule.title), found=found),
             "\n".join(lines))  # fmt: skip
    return case


def _case(group: str, name: str) -> ElementTree.Element:
    return ElementTree.Element("testcase", {"classname": f"crm-audit.{group}", "name": name})


def _outcome(case: ElementTree.Element, answer: str, message: str, body: str) -> None:
    if answer == "yes":
        return
    tag = "failure" if answer == "no" else "skipped"
    ElementTree.SubElement(case, tag, {"message": message}).text = body


def _suite(name: str, cases: list[ElementTree.Element]) -> ElementTree.Element:
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
    }
    suite = ElementTree.Element("testsuite", {"name": name, **counts, "errors": "0", "time": "0"})
    suite.extend(cases)
    return suite


def _total(suites: list[ElementTree.Element]) -> dict[str, str]:
    names = ("tests", "failures", "skipped")
    return {name: str(sum(int(s.get(name, "0")) for s in suites)) for name in names}
