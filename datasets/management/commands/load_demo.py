"""The demo: example people and organisations, and example files through the real worker. Safe to run again."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from datasets.demo.flags import load_answers
from datasets.demo.load import Loading, WorkerMissing, load_files
from datasets.demo.waiting import load_waiting
from datasets.models import Ingest
from datasets.tasks import build_open_data
from partners.demo import load_people

BAR = 30


class Command(BaseCommand):
    help = "Load the demo (local mode only). Needs a running worker, which reads the files."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError("DATABASE_URL is set: demo accounts and example data are for local mode only.")
        people = load_people()
        self.stdout.write(f"    {people.organisations} example organisations, {people.users} people")
        try:
            for loading in load_files(by=people.staff, organisation=people.operator):
                self._show(loading)
        except WorkerMissing:
            raise CommandError("No worker takes the files: start one (script/demo does) and try again.") from None
        self._show(loading, end="\n")
        self._tell_failures(loading)
        load_answers(by=people.staff)
        load_waiting()
        build_open_data.delay()  # beat does it at night; whoever looks at the demo by day finds the files too

    def _show(self, loading: Loading, end: str = "") -> None:
        if not sys.stdout.isatty() and not end:
            return
        full = round(BAR * loading.percent / 100)
        total = len(loading.done) + len(loading.waiting)
        start = "\r" if sys.stdout.isatty() else ""
        self.stdout.write(
            f"{start}    [{'#' * full}{'.' * (BAR - full)}] {len(loading.done)}/{total} example files", ending=end
        )
        self.stdout.flush()

    def _tell_failures(self, loading: Loading) -> None:
        failed = {name: one for name, one in loading.done.items() if one.status != Ingest.Status.PUBLISHED}
        for name, ingest in failed.items():
            said = ingest.error or " ".join(ingest.report.get("questions", []))
            self.stderr.write(f"    {name}: {ingest.get_status_display()}. {said}")
        if failed:
            raise CommandError(f"{len(failed)} example files were not published.")
