"""Every refusal, reject and notice of the readers has its text in both languages."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from crm_audit import resources

SOURCE = Path(__file__).parents[2] / "src/crm_audit/readers"
PHRASES = tomllib.loads(
    (resources.folder("report_templates") / "phrases/readers.toml").read_text(encoding="utf-8")
)


def used() -> set[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.glob("*.py"))
    found = {f"refused_{key}" for key in re.findall(r'Refusal\(\s*"(\w+)"', text)}
    found |= set(re.findall(r'Notice\(\s*"(\w+)"', text))
    found |= set(re.findall(r'"(reject_\w+)"', text))
    refused = text[text.index("_REFUSED = {") :]
    found |= {f"refused_{k}" for k in re.findall(r': "(\w+)"', refused[: refused.index("}")])}
    return found


def test_every_phrase_is_there_and_none_is_spare():
    assert used() == set(PHRASES)


@pytest.mark.parametrize("key", sorted(PHRASES))
def test_both_languages_have_the_same_places(key):
    places = {lang: set(re.findall(r"{(\w+)}", text)) for lang, text in PHRASES[key].items()}
    assert set(places) == {"ru", "en"}
    assert places["ru"] == places["en"]
