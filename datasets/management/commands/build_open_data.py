"""Writes the files of the open data; beat does the same every night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from datasets.opendata.build import build


class Command(BaseCommand):
    help = "Write the open data into files with checksums, if what is published has changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="even if nothing has changed")

    def handle(self, *args: Any, **options: Any) -> None:
        index = build(again=options["again"])
        self.stdout.write(f"{len(index.files)} files of data version {index.version}")
