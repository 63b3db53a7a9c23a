"""Tells rows that are no data (totals, footers) from rows that are."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TOTAL = re.compile(
    r"""(grand\s+|sub)?[-\s]?(totals?|summe|gesamt|suma|razem|загалом|разом|subtotals?|
    (общий\s+|общая\s+|общее\s+)?(итого|итог|итоги|всего|сумма|количество))
    (\s+(по|за|сделок|записей|records?|deals?|всего|of|for)\b.*)?
    (\s*[(\[].*[)\]])?\s*[:：]?\s*[\d\s.,\xa0]*(records?|deals?|сделок|записей|шт\.?)?""",
    re.I | re.X,
)
_FOOTER = re.compile(
    r"""\#|©|\(c\)|copyright\b|confidential|all\ rights\ reserved|last\ (updated|refreshed)|
    (report\ )?(generated|exported|created)\ (on|at|by)\b|as\ of\b|filtered\ by|
    (данные\ )?(обновлено|обновлены|выгружено|экспортировано|сформировано|отч[её]т\ сформирован)|
    дата\ (выгрузки|формирования|экспорта|отч[её]та)|конфиденциальн|источник:|примечани[ея]:|
    (ответственн\w+|исполнитель|составил|подготовил|сформировал)\w*(\ за\ [^:]*)?\s*:|
    (prepared|compiled)\ by\b|end\ of\ (report|file)|
    конец\ (отч[её]та|файла|выгрузки)|\*{3,}|-{3,}|={3,}""",
    re.I | re.X,
)
# The same words for the engine, which asks only about the first filled cell of a row.
CANDIDATE = (
    r"(?i)^\s*(grand|sub|total|summe|gesamt|suma|razem|загалом|разом|общ|итог|всего|сумма|"
    r"количество|#|©|\(c\)|copyright|confidential|all rights|last|report|generated|exported|"
    r"created|as of|filtered|данные|обновлен|выгружен|экспортир|сформир|отч|дата|конфиденц|"
    r"источник|примечани|ответственн|исполнитель|составил|подготовил|prepared|compiled|end of|"
    r"конец|\*\*\*|---|===)"
)


def is_total(cells: Sequence[str | None], usual: Sequence[bool]) -> bool:
    """Whether a row is a total: its first filled cell says so and a `usual` cell is empty.

    `usual` marks the columns that are filled in nearly every row. A deal that is called «Total»
    has its stage and owner, a row of totals has not.
    """
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    if not filled or not _TOTAL.fullmatch(filled[0]):
        return False
    missing = sum(
        want and not (cell or "").strip() for cell, want in zip(cells, usual, strict=False)
    )
    return missing >= 1 and (missing >= 2 or sum(usual) <= 3)


def is_footer(cells: Sequence[str | None], width: int) -> bool:
    """Whether a row is a note below the table: one filled cell, with the words of such notes."""
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    if not filled or not _FOOTER.match(filled[0]):
        return False
    return len(filled) == 1 and (width > 1 or filled[0].startswith(("#", "©")))


def is_note(cell: str) -> bool:
    """Whether a cell that stands alone in its row has the words of a total or a footer."""
    text = cell.strip()
    return bool(_TOTAL.fullmatch(text) or _FOOTER.match(text))
