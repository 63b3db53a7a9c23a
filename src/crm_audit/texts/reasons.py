"""Loss reasons: useful (names the actor or the factor), useless (a symptom), or no loss at all."""

from __future__ import annotations

from functools import lru_cache

from crm_audit.texts import junk, words
from crm_audit.texts.labels import Label


@lru_cache(maxsize=100_000)
def loss_reason_label(text: str | None) -> Label:
    """Label a loss reason with the words that decided it.

    A reason is useless where nothing is left of it beside words of outcome and symptom.
    """
    if junk.is_filler(text):
        return Label("useless", (), "filler")
    found = words.read(words.tokens(text or ""))
    if not found.words:
        return Label("useless", (), "filler")
    marks = found.all_marks()
    if "not_a_loss" in marks:
        return Label("technical", found.cues("not_a_loss"), "not_a_loss")
    if "factor" in marks and not _merged(found):
        return Label("useful", found.cues("factor"), "factor")
    left = tuple(
        w.form
        for w, m in zip(found.words, found.marks, strict=True)
        if not any(name.removeprefix("not ") in ("blank_reason", "small") for name in m)
        and not (w.form[0] < "а" and "small" in words.word(w.form).marks)
    )
    if left:
        return Label("useful", left, "detail")
    return Label("useless", found.cues("blank_reason", "not blank_reason"), "symptom")


def _merged(found: words.Text) -> bool:
    """«Бюджет / цена» is two causes in one: the price in it hides the factor."""
    words_left = [m for m in found.marks if not any(n.endswith("small") for n in m)]
    return (
        len(words_left) <= 3 and bool(found.cues("blank_reason")) and bool(found.cues("price_word"))
    )


def loss_reason_kind(text: str | None) -> str:
    """`useful`, `useless`, or `technical` (duplicate, spam, test: no loss at all)."""
    return loss_reason_label(text).kind
