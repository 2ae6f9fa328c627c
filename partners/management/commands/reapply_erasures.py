"""After a backup was restored: erase again whoever it brought back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from partners.services import reapply_erasures


class Command(BaseCommand):
    help = "Erases again the people whose data were erased after the backup was made. Run it after every restore."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=settings.ERASURES_FILE, help="List of hashed keys.")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        hashes = file.read_text().splitlines() if file.exists() else []
        self.stdout.write(f"{reapply_erasures(hashes=hashes)} people were erased again")
