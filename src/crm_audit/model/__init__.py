"""The schema: canonical tables and the report. Imports nothing of ours and does no I/O."""
