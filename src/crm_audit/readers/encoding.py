"""Which encoding a text is in, and a UTF-8 copy of it for an engine that reads nothing else."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from crm_audit.readers.refusal import Refusal
from crm_audit.readers.sniff import utf16_without_mark

# What Russian and European exports use. A free choice among hundreds guesses wrong on short files.
CANDIDATES = ("cp1251", "koi8_r", "cp866", "mac_cyrillic", "iso8859_5", "cp1252")
_NAMES = {"koi8_r": "koi8-r", "iso8859_5": "iso8859-5"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMON = frozenset("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Encoding:
    """The encoding chosen, and whether some lines are not in it (they become rejects)."""

    name: str
    damaged: bool = False


def detect(data: bytes, whole: bool) -> Encoding:
    """The encoding of `data`, which is the whole text or (`whole` false) its beginning."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Encoding(name, damaged=not _decodes(data, name, whole))
    if wide := utf16_without_mark(data):
        return Encoding(wide, damaged=not _decodes(data, wide, whole))
    if _decodes(data, "utf-8", whole):
        return Encoding("utf-8")
    if _mostly_utf8(data):
        return Encoding("utf-8", damaged=True)
    return Encoding(_eight_bit(data))


def named(name: str, data: bytes = b"", whole: bool = False) -> Encoding:
    """The encoding that the user asked for; refused if there is none, or if `data` is not in it."""
    try:
        found = codecs.lookup(name).name
        "".encode(found)
    except LookupError:
        raise Refusal("encoding_unknown", encoding=name) from None
    if not _decodes(data, found, whole):
        raise Refusal("encoding_wrong", encoding=found)
    return Encoding(found)


def _decodes(data: bytes, name: str, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(name)("strict").decode(data, final=whole)
    except UnicodeDecodeError:
        return False
    return True


def _mostly_utf8(data: bytes) -> bool:
    """UTF-8 with a few damaged lines: chance makes no long run of valid multi-byte characters."""
    good = bad = 0
    for line in data.splitlines():
        if line.isascii():
            continue
        if _decodes(line, "utf-8", True):
            good += 1
        else:
            bad += 1
    return good > bad


def _eight_bit(data: bytes) -> str:
    """The likeliest of the candidates, judged by letters where letters belong.

    charset-normalizer is asked only where no Cyrillic reading is plausible: it misreads short
    tables, capitals and ISO 8859-5.
    """
    sample = data[: 1 << 16]
    if b"\n" in sample and len(sample) < len(data):
        sample = sample[: sample.rindex(b"\n")]
    scores = {name: _plausibility(sample, name) for name in CANDIDATES}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] > 0:
        return _NAMES.get(best, best)
    from charset_normalizer import from_bytes

    found = from_bytes(data[: 1 << 16], cp_isolation=[*CANDIDATES, "utf_8", "utf_16"]).best()
    if found is None:
        raise Refusal("encoding_unclear")
    return _NAMES.get(found.encoding, found.encoding)


def _plausibility(sample: bytes, name: str) -> float:
    """How much a reading looks like Russian or Western text: words of one alphabet and one case."""
    try:
        text = sample.decode(name)
    except UnicodeDecodeError:
        return -1e9
    score = 0.0
    for word in _WORD.findall(text):
        foreign = sum(c > "\x7f" for c in word)
        if not foreign or len(word) == 1:  # a lone letter may be a sign of currency misread
            continue
        common = sum(c in _COMMON for c in word.lower())
        even = word.islower() or word.isupper() or word.istitle()
        mixed = foreign < len(word) and any("а" <= c <= "я" or c == "ё" for c in word.lower())
        if name == "cp1252":
            # Accents are rare inside a Western word; a run of them is another alphabet misread.
            score += 1.0 if even and foreign <= max(1, len(word) // 3) else -float(foreign)
        elif even and not mixed:
            rare = sum(c in "ъёщэфц" for c in word.lower())
            score += common - 2.0 * (foreign - common) - 1.2 * rare
        else:
            score -= foreign
    odd = sum(c > "\x7f" and not c.isalnum() and c not in "№«»—–…\xa0€°“”’‘" for c in text)
    return score - 2.0 * odd


def to_utf8(source: Path, encoding: Encoding, target: Path) -> int:
    """Write `source` as UTF-8 without a mark; returns how many NUL characters were left out.

    Lines that are not in the encoding keep their bytes as `\\xNN`, behind a mark that the parser
    turns into a reject: nothing becomes U+FFFD.
    """
    nuls = 0
    errors = "crm_audit_mark" if encoding.damaged else "strict"
    try:
        with (
            source.open(encoding=encoding.name, errors=errors, newline="") as text,
            target.open("w", encoding="utf-8", newline="") as out,
        ):
            while part := text.read(1 << 20):
                nuls += part.count("\0")
                out.write(part.replace("\0", "") if "\0" in part else part)
    except UnicodeDecodeError as error:
        raise Refusal("encoding_wrong", encoding=encoding.name) from error
    except UnicodeEncodeError as error:
        raise Refusal("encoding_unclear") from error
    return nuls


DAMAGE = "\x1a\x1b"


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    raw = error.object[error.start : error.end]
    return DAMAGE + "".join(f"\\x{b:02x}" for b in raw), error.end


codecs.register_error("crm_audit_mark", _mark)
