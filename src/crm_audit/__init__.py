"""Audit of a CRM for project sales: from its exports to six answers with evidence."""

from __future__ import annotations

__version__ = "0.1.0"
