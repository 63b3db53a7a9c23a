"""Audit of a CRM for project sales: from its exports to six answers with evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = ["Audit", "AuditOptions", "__version__", "diagnose"]

if TYPE_CHECKING:
    from crm_audit.api import Audit, diagnose
    from crm_audit.audit import AuditOptions

_HOMES = {"Audit": "api", "diagnose": "api", "AuditOptions": "audit"}


def __getattr__(name: str) -> Any:
    """Load the API when it is first used: importing the package stays cheap."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"crm_audit.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
