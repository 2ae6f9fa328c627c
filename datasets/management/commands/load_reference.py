from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from datasets.classifiers import load_classifiers
from datasets.laws import load_legal_references
from datasets.public_bodies import ensure_governments
from datasets.reference import load_added
from datasets.versions import bump_data_version
from municipalities.services import load_territory
from partners.services import ensure_groups, ensure_notices


class Command(BaseCommand):
    help = (
        "Loads everything that comes with the code: territory, classifiers, legal references, governments, rights of "
        "the staff, notices, questions. Quick where nothing changed."
    )

    def handle(self, **options: Any) -> None:
        started = perf_counter()
        with transaction.atomic():
            ensure_groups()
            ensure_notices()
            load_added()
            changed = [load_territory(), load_classifiers(), load_legal_references(), ensure_governments()]
            if any(changed):
                bump_data_version()  # names are part of what is answered
        said = "loaded" if any(changed) else "is up to date"
        self.stdout.write(f"Reference data {said} ({perf_counter() - started:.1f} s)")
