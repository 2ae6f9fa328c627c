from pathlib import Path
from typing import Any

from municipalities.importers import Imported, import_inpc
from municipalities.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Imports the INPC, monthly or yearly (CSV), as yearly averages."

    def load(self, path: Path, **options: Any) -> Imported:
        return import_inpc(path=path)
