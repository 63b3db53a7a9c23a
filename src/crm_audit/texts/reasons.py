"""Loss reasons: useful (names the actor or the factor), useless (a symptom), or no loss at all."""

from __future__ import annotations

from functools import lru_cache

from crm_audit.texts import dates, junk, words
from crm_audit.texts.labels import Label
from crm_audit.texts.lexicon import REASONS
from crm_audit.texts.morphology import is_russian

_BETWEEN = frozenset("/,;&+|-–—:") | {"и", "или", "and", "or"}
_EMPTY = {"blank_reason", "small", "not blank_reason", "not small"}


@lru_cache(maxsize=100_000)
def loss_reason_label(text: str | None) -> Label:
    """Label a loss reason with the words that decided it.

    A reason is useless where nothing is left of it beside words of outcome and symptom.
    """
    forms = words.tokens(text or "")
    found = words.read(forms, REASONS)
    marks = found.all_marks()
    if "not_a_loss" in marks or ("maybe_not_a_loss" in marks and "factor" not in marks):
        cues = found.cues("not_a_loss", "maybe_not_a_loss")
        return Label("technical", cues, "not_a_loss")
    if junk.is_filler(text) or not found.words:
        return Label("useless", (), "filler")
    if "factor" in marks or "not factor" in marks:
        if _merged(found, forms) and not any(c.isdigit() for c in text or ""):
            return Label("useless", found.cues("factor", "price_word"), "merged_causes")
        if _bare_rival(found) and not any(c.isdigit() for c in text or ""):
            return Label("useless", found.cues("bare_rival"), "bare_rival")
        return Label("useful", found.cues("factor", "not factor"), "factor")
    if dates.has_date(text):
        return Label("useful", tuple(w.form for w in found.words), "return_date")
    left = tuple(
        w.form
        for w, m in zip(found.words, found.marks, strict=True)
        if not any(name.removeprefix("not ") in ("blank_reason", "small") for name in m)
    )
    if left and _tells_something(found, left):
        return Label("useful", left, "detail")
    return Label("useless", found.cues("blank_reason", "not blank_reason"), "symptom")


def _tells_something(found: words.Text, left: tuple[str, ...]) -> bool:
    """Whether the words left say more than a verb or an adverb of the outcome («игнорирует»)."""
    if len(left) > 1:
        return True
    one = next(w for w in found.words if w.form == left[0])
    if is_russian(one.form):
        return bool(one.shapes & {"noun", "adj"}) and not one.shapes & {"now", "was"}
    return True


def _bare_rival(found: words.Text) -> bool:
    """«Ушёл к конкуренту»: a competitor without a name, and not a word on what won it for them."""
    marks = found.all_marks()
    if "bare_rival" not in marks or "price_word" in marks:
        return False
    return all("bare_rival" in m or (m & _EMPTY and "factor" not in m) for m in found.marks)


def _merged(found: words.Text, forms: list[str]) -> bool:
    """«Бюджет / цена» is two causes in one, «дорогая доставка» is one."""
    if _BETWEEN.isdisjoint(forms):
        return False
    content = [m for m in found.marks if not m & {"small", "not small"}]
    marks = found.all_marks()
    return len(content) <= 3 and "price_word" in marks and "rival" not in marks


def loss_reason_kind(text: str | None) -> str:
    """`useful`, `useless`, or `technical` (duplicate, spam, test: no loss at all)."""
    return loss_reason_label(text).kind
