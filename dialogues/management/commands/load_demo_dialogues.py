"""The demo's dialogues; after the example people and projects. Safe to run again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dialogues.demo import load_dialogues


class Command(BaseCommand):
    help = "Load the example dialogues (local mode only)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError("DATABASE_URL is set: example dialogues are for local mode only.")
        self.stdout.write(f"    {load_dialogues()} example dialogues")
