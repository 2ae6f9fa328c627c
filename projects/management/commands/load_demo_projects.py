"""The demo's projects; after the example people and files of `load_demo`. Safe to run again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from projects.demo import load_projects


class Command(BaseCommand):
    help = "Load the example projects (local mode only)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError("DATABASE_URL is set: example projects are for local mode only.")
        self.stdout.write(f"    {load_projects()} example projects")
