"""The pipeline in the foreground: `manage.py ingest FILE [--publish] [--json] …` asks nothing and says everything."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand

from datasets import services
from datasets.ingest import endings, pipeline
from datasets.ingest.archives import entries, is_package
from datasets.ingest.report import Outcome
from datasets.ingest.shapes import UnreadableFile
from datasets.models import Ingest
from datasets.packages import package_report, prepare_package, unpack
from datasets.scan import scan_personal_data

WENT_WELL = ("published", "ready", "duplicate")
BAR = 30
CANCELLED = 130  # as shells say it of whoever pressed Ctrl-C
SCAN_AT_ONCE = 20_000_000  # bytes


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
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object with the result")

    def handle(self, *args: Any, **options: Any) -> None:
        code = 1
        try:
            result = self._ingest(options)
        except KeyboardInterrupt:
            result, code = _failed(endings.CANCELLED), CANCELLED
        except ValidationError as invalid:
            result = _failed(" ".join(invalid.messages))
        except OSError as error:
            result = _failed(f"No se pudo abrir el archivo «{options['file']}»: {error.strerror or error}.")
        self._say(result, options["as_json"])
        if result["status"] not in WENT_WELL:
            sys.exit(code)

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
        if not started.fresh:
            return {"status": "duplicate"} | started.ingest.report
        ingest = started.ingest
        if not ingest.is_finished:
            ingest = self._run(ingest)
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
        if package.is_finished:
            return package_report(package) | {"status": "duplicate"}
        for ingest in unpack(package):
            if not ingest.is_finished:
                self._run(ingest)
        return package_report(package)

    def _run(self, ingest: Ingest) -> Ingest:
        bar = _bar if sys.stderr.isatty() else _quiet
        try:
            ingest = pipeline.run_ingest(ingest.pk, bar)
        except pipeline.BusyElsewhere:
            raise ValidationError("Otro proceso está cargando este mismo archivo. Espera a que termine.") from None
        except pipeline.RecoverableError:
            endings.fail(ingest, endings.BROKEN, "database")
        if bar is _bar:
            self.stderr.write("")
        if ingest.status in WENT_WELL and ingest.file.size <= SCAN_AT_ONCE:
            scan_personal_data(ingest.file)  # a larger one is left to the worker
        return ingest

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
