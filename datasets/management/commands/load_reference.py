from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

LOADERS = ["load_territory"]


class Command(BaseCommand):
    help = "Loads everything that comes with the code: territory, classifiers. Does nothing where nothing changed."

    def handle(self, **options: Any) -> None:
        for name in LOADERS:
            if name in get_commands():
                call_command(name, stdout=self.stdout, stderr=self.stderr)
