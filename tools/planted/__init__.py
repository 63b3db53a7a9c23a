"""Invented CRMs with known truth: what a detector of movement must find, and what it must not."""
