"""Where the bundled rules, report templates and sample exports live."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_data"


def folder(name: str) -> Path:
    """Path of a bundled folder: `rules`, `report_templates` or `sample_exports`.

    In a wheel it is inside the package; in a checkout (editable install) beside `src`.
    """
    installed = _INSTALLED / name
    return installed if installed.is_dir() else _PACKAGE.parent.parent / name
