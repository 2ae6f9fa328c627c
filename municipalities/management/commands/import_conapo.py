from pathlib import Path
from typing import Any

from municipalities.importers import Imported, import_conapo
from municipalities.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Imports CONAPO's population projections of the municipalities (CSV)."

    def load(self, path: Path, **options: Any) -> Imported:
        return import_conapo(path=path)
