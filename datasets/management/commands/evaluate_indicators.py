"""Compute indicators and flags of everything public that has none yet, or has those of an older catalogue."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from datasets.flags import evaluate_missing


class Command(BaseCommand):
    help = "Compute the indicators that are missing or of an older version."

    def handle(self, *args: Any, **options: Any) -> None:
        done = evaluate_missing(limit=10**9)
        self.stdout.write(f"{done} body-years evaluated")
