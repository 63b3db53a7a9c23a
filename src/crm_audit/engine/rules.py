"""The rulebook: questions, thresholds and rules, loaded from data and checked before they run."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from crm_audit import resources
from crm_audit.errors import UsageError
from crm_audit.wording import Language

SCOPES = ("open", "key", "top", "stalled", "closed", "lost", "all", "stage", "gone")
SEVERITIES = ("critical", "major", "minor", "info")
QUESTIONS = ("next_step", "roles", "gates", "reasons", "forecast", "thresholds")
LAYERS = ("funnel", "gates", "card", "rhythm")
_ID = re.compile(r"[a-z0-9-]{1,64}")
_TEXTS = ("title", "why", "fix", "ask")
_KEYS = {"id", "question", "layer", "severity", "scope", "when", "facts", "params", "ru", "en"}


@dataclass(frozen=True)
class Threshold:
    """A number that the judgement stands on, and where it comes from."""

    id: str
    value: float | int
    origin: Literal["default", "config", "own_data"]
    texts: dict[str, str]


@dataclass(frozen=True)
class Rule:
    """One rule: a predicate over the facts of a deal or stage, and what it means for people."""

    id: str
    question: str | None
    layer: str | None
    severity: str
    scope: str
    when: str
    facts: tuple[str, ...]
    params: dict[str, Threshold]
    texts: dict[str, dict[str, str]]
    file: str
    bundled: bool = False


@dataclass(frozen=True)
class QuestionText:
    """The text of one question in both languages."""

    id: str
    number: int
    needs: tuple[str, ...]
    texts: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Rulebook:
    """Everything that is judged, in one place. `digest` names this exact set.

    `loss_reasons` is the proposed list: id -> language -> `who` and `text`.
    """

    thresholds: dict[str, Threshold]
    questions: dict[str, QuestionText]
    layers: dict[str, dict[str, str]]
    rules: dict[str, Rule]
    no_gate: dict[str, list[str]] = field(default_factory=dict)
    no_separator: dict[str, list[str]] = field(default_factory=dict)
    loss_reasons: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    digest: str = ""

    def value(self, threshold: str) -> float:
        """The value of a threshold."""
        return float(self.thresholds[threshold].value)

    def text(self, question: str, key: str, language: Language) -> str:
        """A text of a question."""
        return self.questions[question].texts[language][key]


def load_rulebook(
    folder: Path | None = None,
    overrides: Mapping[str, float] | None = None,
    severities: Mapping[str, str] | None = None,
) -> Rulebook:
    """The bundled rulebook, with a user's folder of rules added and thresholds overridden.

    A rule of the user's with a bundled id replaces it. Raises UsageError naming file and reason.
    """
    digest = hashlib.sha256()
    bundled = resources.folder("rules")
    base = _read(bundled / "questions.toml", digest)
    thresholds = _thresholds(base["thresholds"], overrides or {})
    questions = {
        key: QuestionText(key, q["number"], tuple(q["needs"]), {"ru": q["ru"], "en": q["en"]})
        for key, q in base["questions"].items()
    }
    rules: dict[str, Rule] = {}
    for path in sorted(bundled.glob("*.toml")):
        if path.name != "questions.toml":
            found = _rules(_read(path, digest), path, thresholds)
            rules |= {name: replace(rule, bundled=True) for name, rule in found.items()}
    if folder is not None:
        if not folder.is_dir():
            raise UsageError(f"{folder}: no such folder of rules")
        paths = [p for p in sorted(folder.glob("*.toml")) if p.name != "questions.toml"]
        if not paths:
            raise UsageError(f"{folder}: no *.toml files with rules in it")
        for path in paths:
            rules |= _rules(_read(path, digest), path, thresholds)
    for rule_id, severity in (severities or {}).items():
        if rule_id not in rules:
            raise UsageError(f"crm-audit.toml: no rule {rule_id!r}")
        rules[rule_id] = _with_severity(rules[rule_id], severity)
    for name, threshold in sorted(thresholds.items()):
        digest.update(f"{name}={threshold.value}".encode())
    return Rulebook(
        thresholds=thresholds,
        questions=questions,
        layers=base["layers"],
        rules=rules,
        no_gate=base["no_gate"],
        no_separator=base["no_separator"],
        loss_reasons=base["loss_reasons"],
        digest="sha256:" + digest.hexdigest(),
    )


def _with_severity(rule: Rule, severity: str) -> Rule:
    if severity not in SEVERITIES:
        raise UsageError(f"crm-audit.toml: severity of {rule.id} must be one of {SEVERITIES}")
    return replace(rule, severity=severity)


def _read(path: Path, digest: Any) -> dict[str, Any]:
    try:
        content = path.read_bytes()
        digest.update(content)
        return tomllib.loads(content.decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path.name}: cannot be read: {error}") from None


def _thresholds(
    listed: dict[str, dict[str, Any]], overrides: Mapping[str, float]
) -> dict[str, Threshold]:
    unknown = sorted(set(overrides) - set(listed))
    if unknown:
        raise UsageError(
            f"crm-audit.toml: no threshold {unknown[0]!r}; known: {', '.join(sorted(listed))}"
        )
    return {
        name: Threshold(
            name,
            overrides.get(name, entry["value"]),
            "config" if name in overrides else "default",
            {"ru": entry["ru"], "en": entry["en"]},
        )
        for name, entry in listed.items()
    }


def _rules(
    document: dict[str, Any], path: Path, thresholds: dict[str, Threshold]
) -> dict[str, Rule]:
    listed = document.get("rule")
    if not isinstance(listed, list) or set(document) != {"rule"}:
        raise UsageError(f"{path.name}: a rule file holds [[rule]] tables and nothing else")
    found: dict[str, Rule] = {}
    for number, entry in enumerate(listed, 1):
        rule = _rule(entry, f"{path.name}, rule {number}", thresholds)
        if rule.id in found:
            raise UsageError(f"{path.name}: rule {rule.id!r} stands twice")
        found[rule.id] = rule
    return found


def _rule(entry: dict[str, Any], where: str, thresholds: dict[str, Threshold]) -> Rule:
    def refuse(reason: str) -> UsageError:
        return UsageError(f"{where}: {reason}")

    if not isinstance(entry, dict):
        raise refuse("must be a table")
    rule_id = entry.get("id")
    if not isinstance(rule_id, str) or not _ID.fullmatch(rule_id):
        raise refuse("id must be lower-case letters, digits and dashes")
    where = f"{where} ({rule_id})"
    if extra := sorted(set(entry) - _KEYS):
        raise refuse(f"unknown key {extra[0]!r}; known: {', '.join(sorted(_KEYS))}")
    _one_of(entry.get("severity"), SEVERITIES, "severity", where)
    _one_of(entry.get("scope"), SCOPES, "scope", where)
    if entry.get("layer") is not None:
        _one_of(entry["layer"], LAYERS, "layer", where)
    if entry.get("question") is not None:
        _one_of(entry["question"], QUESTIONS, "question", where)
    if not isinstance(entry.get("when"), str):
        raise refuse("`when` must be a text")
    facts = entry.get("facts", [])
    if not isinstance(facts, list) or not all(isinstance(f, str) for f in facts):
        raise refuse("`facts` must be a list of names")
    texts: dict[str, dict[str, str]] = {}
    for language in ("ru", "en"):
        given = entry.get(language)
        if not isinstance(given, dict) or any(not isinstance(given.get(k), str) for k in _TEXTS):
            raise refuse(f"`{language}` needs the texts {', '.join(_TEXTS)}")
        texts[language] = given
    params: dict[str, Threshold] = {}
    listed = entry.get("params", {})
    if not isinstance(listed, dict):
        raise refuse("`params` must be a table")
    for name, given in listed.items():
        if isinstance(given, dict) and str(given.get("threshold")) in thresholds:
            params[name] = thresholds[given["threshold"]]
        elif isinstance(given, dict) and isinstance(given.get("value"), int | float):
            params[name] = Threshold(
                name, given["value"], "default", {k: str(given.get(k, "")) for k in ("ru", "en")}
            )
        else:
            raise refuse(f"parameter {name!r} needs a `value` or the name of a `threshold`")
    return Rule(
        rule_id,
        entry.get("question"),
        entry.get("layer"),
        entry["severity"],
        entry["scope"],
        entry["when"],
        tuple(facts),
        params,
        texts,
        where,
    )


def _one_of(value: Any, allowed: Sequence[str], name: str, where: str) -> None:
    if value not in allowed:
        raise UsageError(f"{where}: {name} must be one of {', '.join(allowed)}, not {value!r}")
