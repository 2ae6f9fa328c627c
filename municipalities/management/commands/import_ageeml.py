from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from municipalities.importers import CENSUS_OF_CATALOGUE, Imported, import_ageeml
from municipalities.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Imports census populations from INEGI's catalogue of municipalities or localities (AGEEML, CSV)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--year", type=int, default=CENSUS_OF_CATALOGUE, help="census the catalogue quotes")

    def load(self, path: Path, **options: Any) -> Imported:
        return import_ageeml(path=path, year=options["year"])
