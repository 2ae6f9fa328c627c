"""The pipeline in the foreground: `manage.py ingest FILE [--publish] [--json] …` asks nothing and says everything."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand

from datasets import services
from datasets.cancelling import cancel_ingest
from datasets.ingest import endings, pipeline
from datasets.ingest.archives import entries, is_package
from datasets.ingest.report import Outcome
from datasets.ingest.shapes import UnreadableFile
from datasets.models import Ingest
from datasets.packages import package_report, prepare_package, unfinished, unpack
from datasets.patience import OF_THE_DATABASE, Patience, is_outage
from datasets.releases import NotAllowedNow
from datasets.scan import scan_personal_data

WENT_WELL = ("published", "ready", "duplicate")
BAR = 30
CANCELLED = 130  # as shells say it of whoever pressed Ctrl-C
TRY_LATER = 75  # EX_TEMPFAIL of sysexits.h
PATIENCE = 120  # seconds
BUSY = "Otro proceso está cargando este mismo archivo. Espera a que termine."
FOLLOWED = "Otro proceso retomó esta carga mientras la base de datos volvía: se espera a que termine."
NOTHING_BEGUN = "La base de datos no responde: no se empezó ninguna carga. Vuelve a pedirla cuando responda."
TAKEN_UP = (
    "La base de datos no volvió a tiempo: nada quedó a medias y el original está a salvo. Cuando vuelva, un trabajador retoma "
    "la carga por sí solo; si no hay ninguno, vuelve a pedirla."
)
SCAN_AT_ONCE = 20_000_000  # bytes


class DatabaseAway(Exception):
    """It did not come back in time."""


class Command(BaseCommand):
    help = (
        "Read a published file (budget, revenue, contracts, works, debt, sanctions) into draft or published releases."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file as it was published")
        parser.add_argument("--kind", help="expenditure, revenue, contracts, works, debt or sanctions")
        whose = parser.add_mutually_exclusive_group()
        whose.add_argument("--municipality", help="INEGI code of five digits: its government's money")
        whose.add_argument("--publisher", help="address (slug) of the public body whose money it is")
        parser.add_argument("--year", help="for example 2024")
        parser.add_argument("--period", help="annual, Q1, Q2, Q3, Q4 or a month such as 2024-03")
        parser.add_argument("--document", help="approved, quarterly or public_account")
        parser.add_argument("--mapping", help="address of a saved mapping profile")
        parser.add_argument(
            "--accept-rejects",
            metavar="REASON",
            default="",
            help="why it may be published although more than 5 %% of its rows are rejected",
        )
        parser.add_argument("--publish", action="store_true", help="publish a complete, unambiguous reading")
        parser.add_argument(
            "--wait",
            type=float,
            metavar="SECONDS",
            default=PATIENCE,
            help=f"how long to wait in all for a database that is away, {PATIENCE} unless told; 0: not at all",
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object with the result")

    def handle(self, *args: Any, **options: Any) -> None:
        code = 1
        self._begun: set[int] = set()
        try:
            result = self._through_outages(options)
        except DatabaseAway:
            result, code = _failed(TAKEN_UP if self._begun else NOTHING_BEGUN), TRY_LATER
        except KeyboardInterrupt:
            result, code = _failed(endings.CANCELLED), CANCELLED
        except ValidationError as invalid:
            result = _failed(" ".join(invalid.messages))
        except OSError as error:
            result = _failed(f"No se pudo abrir el archivo «{options['file']}»: {error.strerror or error}.")
        self._say(result, options["as_json"])
        if result["status"] not in WENT_WELL:
            sys.exit(code)

    def _through_outages(self, options: dict[str, Any]) -> dict[str, Any]:
        """From the beginning whenever the database went away and came back: what is done already is not done again."""
        patience = Patience(options["wait"], self.stderr.write)
        while True:
            try:
                return self._ingest(options)
            except OF_THE_DATABASE as error:
                if not is_outage(error):
                    raise
                if not patience.is_rewarded():
                    raise DatabaseAway from error

    def _ingest(self, options: dict[str, Any]) -> dict[str, Any]:
        said = services.ingest_options(
            kind=options["kind"],
            municipality=options["municipality"],
            public_body=options["publisher"],
            year=_year(options["year"]),
            period=options["period"],
            document=options["document"],
            mapping=options["mapping"],
        )
        path = Path(options["file"])
        if is_package(path):
            return self._unpack(path, said, options["publish"])
        with path.open("rb") as stream:
            file = services.register_file(stream=stream, name=path.name)
        started = services.prepare_ingest(
            file=file, options=said, publish=options["publish"], excuse=options["accept_rejects"]
        )
        if not started.fresh and started.ingest.pk not in self._begun:
            return {"status": "duplicate"} | started.ingest.report
        ingest = self._run(started.ingest)
        return {"status": ingest.status} | ingest.report

    def _unpack(self, path: Path, said: dict[str, Any], publish: bool) -> dict[str, Any]:
        """Every published file of a ZIP one after the other; the worst of their ends is the end of the package."""
        try:
            entries(path)  # a hostile one is refused before anything is kept
            with path.open("rb") as stream:
                file = services.register_file(stream=stream, name=path.name)
            package = prepare_package(file=file, options=said, by=None, publish=publish)
        except UnreadableFile as refusal:
            raise ValidationError(refusal.message) from None
        untouched = package.is_finished
        for ingest in chain(unpack(package), unfinished(package)):
            self._run(ingest)
        ours = self._begun.intersection(package.members.values_list("ingest", flat=True))
        return package_report(package) | ({} if ours or not untouched else {"status": "duplicate"})

    def _run(self, ingest: Ingest) -> Ingest:
        unseen = ingest.file.has_personal_data is None
        if not ingest.is_finished:
            unseen = True
            bar = _bar if sys.stderr.isatty() else _quiet
            ingest = self._to_its_end(ingest.pk, bar)
            if bar is _bar:
                self.stderr.write("")
        if unseen and ingest.status in WENT_WELL and ingest.file.size <= SCAN_AT_ONCE:
            scan_personal_data(ingest.file)  # a larger one is left to the worker
        return ingest

    def _to_its_end(self, pk: int, bar: pipeline.Tell) -> Ingest:
        """After an outage a worker may have taken it up before us: then its end is waited for."""
        ours, told = pk in self._begun, False
        self._begun.add(pk)
        while True:
            try:
                return pipeline.run_ingest(pk, bar)
            except pipeline.BusyElsewhere:
                if not ours:
                    raise ValidationError(BUSY) from None
            if not told:
                self.stderr.write(FOLLOWED)
            told = True
            try:
                time.sleep(1)
            except KeyboardInterrupt:
                with suppress(NotAllowedNow):  # it has just ended
                    cancel_ingest(ingest=Ingest.objects.get(pk=pk), by=None)

    def _say(self, result: dict[str, Any], as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2))
        if result["status"] not in WENT_WELL:
            self.stderr.write(_sentence(result))
        elif not as_json:
            self.stdout.write(_summary(result))


def _year(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdigit():
        raise ValidationError(f"El año «{text}» no es un número de cuatro dígitos.")
    return int(text)


def _failed(message: str) -> dict[str, Any]:
    return {"status": "failed"} | Outcome().as_json() | {"error": message}


def _sentence(result: dict[str, Any]) -> str:
    if result["status"] != "failed" and "members" in result:
        asking = [f"{member['name']}: {member['status']}" for member in result["members"] if member["questions"]]
        return "Una persona debe responder por estos archivos. " + "; ".join(asking)
    if result["status"] == "needs_mapping":
        return " ".join(result["questions"]) or "Una persona debe confirmar las columnas de este archivo."
    return result["error"] or endings.BROKEN


def _summary(result: dict[str, Any]) -> str:
    if "members" in result:
        return "\n".join(
            f"{member['name']}: {member['status']} ({member['rows_loaded']} filas). {member['error']}".rstrip()
            for member in result["members"]
        )
    totals = ", ".join(f"{name} {amount}" for name, amount in result["totals"].items())
    return (
        f"{result['status']}: {result['rows_loaded']} filas cargadas, {result['rows_rejected']} rechazadas, "
        f"{result['rows_skipped']} omitidas. {totals}"
    )


def _bar(stage: str, done: float, rows: int, rejected: int) -> None:
    full = round(BAR * done)
    sys.stderr.write(
        f"\r[{'#' * full}{'.' * (BAR - full)}] {round(100 * done):3d} % {stage:<9} {rows:>10,} filas, {rejected:,} rechazadas "
    )
    sys.stderr.flush()


def _quiet(stage: str, done: float, rows: int, rejected: int) -> None:
    """Standard error is not a terminal: one line a stage, so that logs stay readable."""
    global _told
    if stage != _told:
        _told = stage
        sys.stderr.write(f"{stage}\n")


_told = ""
