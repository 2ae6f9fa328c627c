from argparse import ArgumentParser
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from municipalities.changes import figures_changed
from municipalities.services import load_territory


class Command(BaseCommand):
    help = "Loads states, municipalities, shapes, populations and price indices that come with the code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="load again although nothing changed")

    def handle(self, *, force: bool, **options: Any) -> None:
        started = perf_counter()
        with transaction.atomic():
            if done := load_territory(force=force):
                figures_changed()
        seconds = perf_counter() - started
        self.stdout.write(f"Territory {'loaded' if done else 'is up to date'} ({seconds:.1f} s)")
