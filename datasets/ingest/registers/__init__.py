"""Registers: lists of things with a state at a date. One small module a kind: which fields its rows have, how much of them
a list must have to be one, and what the texts of a row become. Their headings stand in `data/fragments.csv`."""

from __future__ import annotations

from types import ModuleType

from . import debt, sanctions, works

REGISTERS: dict[str, ModuleType] = {"works": works, "debt": debt, "sanctions": sanctions}
