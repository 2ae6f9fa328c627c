from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from municipalities.importers import Imported, import_metropolitan
from municipalities.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Imports one edition of the official list of metropolitan zones and their municipalities (CSV)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--edition", type=int, required=True, help="year that the list is of, for example 2020")

    def load(self, path: Path, **options: Any) -> Imported:
        return import_metropolitan(path=path, edition=options["edition"])
