"""Phrases with their values filled in."""

from __future__ import annotations

from crm_audit import wording
from crm_audit.wording import Wording


def test_thousands_at_the_end_of_a_sentence_end_it_once(monkeypatch) -> None:
    phrases = {"said": {"ru": "Под угрозой {money}.", "en": "At risk: {money}."}}
    monkeypatch.setattr(wording, "_phrases", lambda: phrases)
    assert Wording("ru")("said", money="116 тыс.") == "Под угрозой 116 тыс."
    assert Wording("ru")("said", money="116 тыс. ₽") == "Под угрозой 116 тыс. ₽."
    assert Wording("en")("said", money="116k") == "At risk: 116k."
