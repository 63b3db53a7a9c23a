"""Makes text of strangers harmless: no control, escape or bidirectional characters."""

from __future__ import annotations

import re

# ANSI escapes: CSI, then OSC and its kin with their terminator, then any other two-byte escape.
_ANSI = re.compile(
    r"\x1b\[[0-?]{0,64}[ -/]{0,16}[@-~]?"
    r"|\x1b[\]PX^_][^\x07\x1b\r\n]{0,4096}(?:\x07|\x1b\\)"
    r"|\x1b[ -~]?"
)
_SPACE = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
# Control, format (bidi, zero width, tags), surrogate and non-characters.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    r"\U000e0000-\U000e0fff]"
)

LONGEST = 300
"""Characters of one value that a report shows; the rest is cut, with an ellipsis."""


def plain(text: str, longest: int | None = LONGEST) -> str:
    """One line of visible characters; longer than `longest` is cut and ends in an ellipsis."""
    if longest is not None and len(text) > 4 * longest:
        text = text[: 4 * longest]
    # Printable means nothing unseen in it: the common case, and quick to tell.
    text = text.strip(" ") if text.isprintable() else _cleaned(text)
    if longest is not None and len(text) > longest:
        return text[: longest - 1].rstrip() + "…"
    return text


def _cleaned(text: str) -> str:
    return _UNSEEN.sub("", _SPACE.sub(" ", _ANSI.sub("", text))).strip(" ")


def shorter(text: str, longest: int) -> str:
    """Text that is clean already, cut to `longest` characters."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
