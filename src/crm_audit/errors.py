"""Every error that crm-audit raises on purpose, each with its exit code."""

from __future__ import annotations


class CrmAuditError(Exception):
    """Trouble that one line can explain: what is wrong, where, and what to do.

    `str(error)` is that line, in the language of the run; `exit_code` is what the process returns.
    """

    exit_code = 70


class UsageError(CrmAuditError):
    """An option, a configuration file or a rule is wrong."""

    exit_code = 2


class InputRefusedError(CrmAuditError):
    """A file cannot be read, is not an export of deals, is protected or is hostile."""

    exit_code = 3


class OutputError(CrmAuditError):
    """A report could not be written."""

    exit_code = 4
