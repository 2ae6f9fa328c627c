"""One ingest from its file to draft or published releases.

read → clean and load (one transaction) → check → publish. Whoever runs an ingest holds its advisory lock: a worker that dies
lets go of it, its transaction is undone by the database, and the sweep (`datasets.tasks.resume_ingests`) starts it again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg2
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from datasets.ingest.alone import Alone, alone
from datasets.ingest.bodies import BodyRef
from datasets.ingest.chunks import Chunk, Reject
from datasets.ingest.corrected import base_of, keep_unchanged, overtaken_by
from datasets.ingest.endings import (
    BROKEN,
    KEEPS_STOPPING,
    NO_ROOM,
    cancel,
    fail,
    finish,
    mark,
    publish_ingest,
    save_rejects,
)
from datasets.ingest.flow import Flow, Pace
from datasets.ingest.load import Loader, LoadMismatch
from datasets.ingest.mates import STOPS, beside
from datasets.ingest.report import Outcome, SliceResult, decimals
from datasets.ingest.shapes import Finding, Reading, UnreadableFile
from datasets.ingest.targets import Bodies, Targets, load_territory, write_down
from datasets.ingest.totals import Totals
from datasets.ingest.understand import said, understand
from datasets.ingest.whose import HINT, suppose
from datasets.models import Ingest, Release, ReviewStep, RowIssue
from datasets.models.runs import too_many_rejected
from datasets.outages import is_cut_off, is_full, is_interrupt

logger = logging.getLogger(__name__)
LOCK_CLASS = 0x6D657361  # "mesa": keeps our advisory locks apart from anybody else's
MOST_IN_HAND = 1_000  # rejects kept in memory; the rest go to their table
MOST_WAITING = 200  # of the rest, on their way there
HOPELESS = 20_000  # rejects after which a reading that fits hardly any row is given up
# What stopped so often would stop again, and may be what takes the server down (its memory, its disk): a person decides.
MOST_ATTEMPTS = 6
OTHER_BODY = "other_body"  # the file names another one than was said: it is not published before a person looks
LOOK_EVERY = 0.5  # seconds between two looks whether somebody wants it stopped
MOST_REJECTS = 0.5  # of the rows that are data: more, and the columns were misread, not the rows
Tell = Callable[[str, float, int, int], None]

QUESTIONS = {
    "unknown_body": "¿De qué institución es este dinero? El archivo no lo dice.",
    "unknown_year": "¿De qué año son estos datos? El archivo no lo dice.",
}
WORDS = {
    "municipality": "el municipio",
    "state": "el estado",
    "level": "la institución",
    "year": "el año",
    "period": "el periodo",
    "document": "el documento",
    "kind": "el tipo de datos",
}
ASSUMED = {
    "period": "El archivo no dice el periodo: se tomó como año completo.",
    "document": "El archivo no dice de qué documento es: se tomó como {value}.",
}
DOCUMENT_WORDS = {
    "approved": "presupuesto aprobado",
    "quarterly": "informe trimestral",
    "public_account": "cuenta pública",
}


class RecoverableError(Exception):
    """Trying again may well work: the database or the broker was not there, or somebody else was faster."""


class Cancelled(Exception):
    """A person asked for it to be stopped."""


class BusyElsewhere(Exception):
    """Another process is running this ingest."""


@contextmanager
def held(ingest_id: int) -> Iterator[None]:
    """The ingest's advisory lock; the database lets go of it when this process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_CLASS, ingest_id])
        if not cursor.fetchone()[0]:
            raise BusyElsewhere
    try:
        yield
    finally:
        # A connection that is gone has let go of the lock by itself.
        with suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_CLASS, ingest_id])


def is_asked_to_stop(ingest: Ingest) -> bool:
    return ingest.review_steps.filter(step=ReviewStep.Step.CANCELLED).exists()


def run_ingest(ingest_id: int, tell: Tell = lambda stage, done, rows, rejected: None) -> Ingest:
    """Run it to an end that is written down: published, ready, needs_mapping or failed. Does nothing if it has one.

    Raises `RecoverableError` when trying again may help, `BusyElsewhere` when somebody else is at it.
    """
    try:
        return _run_held(ingest_id, tell)
    except (DatabaseError, InterfaceError) as error:
        if is_cut_off(error):  # the database is restarting: it was away before the reading began, or when it ended
            raise RecoverableError from error
        raise


def _run_held(ingest_id: int, tell: Tell) -> Ingest:
    with held(ingest_id):
        ingest = Ingest.objects.select_related("file", "profile").get(pk=ingest_id)
        if ingest.is_finished:
            return ingest
        if is_asked_to_stop(ingest):
            cancel(ingest)
            return ingest
        if ingest.attempts >= MOST_ATTEMPTS:
            fail(ingest, KEEPS_STOPPING, "interrupted")
            return ingest
        mark(
            ingest, Ingest.Status.RUNNING, Ingest.Stage.READING, started_at=timezone.now(), attempts=ingest.attempts + 1
        )
        RowIssue.objects.filter(ingest=ingest).delete()
        started = time.monotonic()
        try:
            _Run(ingest, tell, started).go()
        except UnreadableFile as unreadable:
            fail(ingest, unreadable.message, unreadable.code)
        except Cancelled:
            cancel(ingest)
        except RecoverableError:
            raise
        except (KeyboardInterrupt, Exception) as error:
            if is_interrupt(error):  # not written down, the sweep would take it for one that died and load it after all
                cancel(ingest)
                raise KeyboardInterrupt from error
            if connection.connection is None or connection.connection.closed or is_cut_off(error):
                raise RecoverableError from error
            logger.exception("Ingest %s failed", ingest_id)
            _fail(ingest, error)
    return ingest


def _fail(ingest: Ingest, error: BaseException) -> None:
    """COPY speaks to the driver, whose errors are not Django's."""
    if is_full(error):
        fail(ingest, NO_ROOM, "no_room")
    else:
        ours = isinstance(error, (DatabaseError, InterfaceError, psycopg2.Error, LoadMismatch))
        fail(ingest, BROKEN, "database" if ours else "internal")


def rehearse(ingest: Ingest, limit: int | None = None) -> Outcome:
    """What a reading would give, everything counted and summed and nothing written; `ingest` need not be saved.

    After `limit` rows it stops. Raises `UnreadableFile`.
    """
    run = _Run(ingest, lambda stage, done, rows, rejected: None, time.monotonic(), limit=limit)
    run.load(run.prepare(), keep=False)
    return run.outcome


class _Undo(Exception):
    """Leaves the transaction without keeping anything: a person must answer first."""


@dataclass(slots=True)
class _Run:
    ingest: Ingest
    tell: Tell
    started: float
    outcome: Outcome = field(default_factory=Outcome)
    options: dict[str, Any] = field(default_factory=dict)
    limit: int | None = None  # rows after which a rehearsal has seen enough
    waiting: list[Reject] = field(default_factory=list)  # rejects on their way to their table
    looked: float = 0.0  # when it was last asked whether somebody wants it stopped

    def prepare(self) -> Flow:
        self.options = self.ingest.options
        self.say("reading", 0.0, 0, 0)
        reading = understand(self.ingest, lambda done: self.say("reading", done, 0, 0))
        self.outcome.reading = reading
        self.outcome.findings = list(reading.findings)
        self.outcome.questions = list(reading.questions)
        self._kind_agrees(reading)
        told, territory = said(self.options), load_territory()
        if told.body is None:
            told = replace(told, supposed=suppose(self.ingest, reading, territory))
        return Flow(reading, told, territory)

    def go(self) -> None:
        flow = self.prepare()
        may_load = flow.reading.complete and not self.outcome.questions
        base = base_of(self.ingest)
        corrected = alone(self.ingest, base, flow) if base and may_load else None
        try:
            with transaction.atomic():
                if corrected:
                    self._load_alone(corrected)
                else:
                    self.load(flow, keep=may_load)
                if not may_load or self.outcome.questions:
                    raise _Undo
                if base and not corrected:
                    keep_unchanged(base, self.ingest, self.outcome)
                self.outcome.findings += (mates := beside(self.ingest))
                stopped = self._stops_for_rejects() or self.outcome.rests_on_signs
                stopped = stopped or any(finding.code in STOPS for finding in mates) or bool(overtaken_by(self.ingest))
                stopped = stopped or any(finding.code == OTHER_BODY for finding in self.outcome.findings)
                self._end(Ingest.Status.READY)
                if self.ingest.wants_publish and self.outcome.rows_loaded and not stopped:
                    publish_ingest(ingest=self.ingest, by=self.ingest.created_by, reason=self.ingest.excuse)
        except _Undo:
            self.outcome.rows_loaded = 0
            self._end(Ingest.Status.NEEDS_MAPPING)

    def say(self, stage: str, done: float, rows: int, rejected: int) -> None:
        """How far it is; and whether somebody wants it stopped, which the row of another transaction says."""
        self.tell(stage, done, rows, rejected)
        now = time.monotonic()
        if self.ingest.pk and now - self.looked >= LOOK_EVERY:
            self.looked = now
            if is_asked_to_stop(self.ingest):
                raise Cancelled

    # -- what was said --------------------------------------------------------------------------------------------

    def _kind_agrees(self, reading: Reading) -> None:
        asked = self.options.get("kind")
        if asked and reading.kind and reading.kind != asked:
            self._contradiction("kind", reading.kind)

    def _contradiction(self, what: str, found: str) -> None:
        asked = self.options.get(what) or self.options.get("public_body") or self.options.get("municipality") or ""
        message = f"Indicaste {WORDS[what]} «{asked}», pero el archivo dice «{found}». ¿Cuál es el correcto?"
        self.outcome.questions.append(message)
        self.outcome.findings.append(
            Finding(
                "contradiction",
                "error",
                message,
                "Quita la opción o corrígela, y vuelve a cargar el archivo.",
                value=found,
            )
        )

    def _other_body(self, name: str) -> None:
        asked = self.options.get("public_body") or self.options.get("municipality") or ""
        message = f"El archivo nombra a «{name}», y se indicó «{asked}»: mira de quién es antes de publicar."
        hint = "Si no es de quien se indicó, corrígelo y vuelve a cargar el archivo."
        self._note(Finding(OTHER_BODY, "warning", message, hint, value=name))

    # -- loading --------------------------------------------------------------------------------------------------

    def load(self, flow: Flow, keep: bool) -> None:
        """Every table through cleaning; written only if it may be kept, else only counted and summed."""
        # Not written down while it goes on; its end says how far it came (`endings`).
        self.ingest.stage = Ingest.Stage.LOADING
        targets = Targets(self.ingest)
        loaders: dict[str, Loader] = {}
        pace = Pace(self.say)
        sums: dict[str, Totals] = {}
        for number, table in enumerate(flow.reading.tables):
            totals = sums.setdefault(table.kind, Totals())
            for chunk in flow.chunks(number):
                totals.add(chunk)
                if keep and not flow.questions:
                    if table.kind not in loaders:
                        loaders[table.kind] = Loader(table.kind, flow.slice_list, targets.get, totals, flow.book.codes)
                    loaders[table.kind].write(chunk)
                self._count_chunk(chunk, keep)
                pace.add(len(chunk), len(chunk.rejects), self._done(flow, number))
                if self._is_hopeless() or self._has_seen_enough():
                    break
        self._count(flow)
        self._judge(flow)
        keep = keep and not self.outcome.questions
        headings: dict[int, dict[str, list[int]]] = {}
        if keep:
            targets.save()
            self._save_waiting()
        for loader in loaders.values() if keep else ():
            loader.finish()
            headings |= loader.headings()
        for totals in sums.values():
            self._results(flow, targets if keep else None, totals, headings)
        if keep:
            # Slices of which every row was rejected: an empty version would take the place of what is public.
            self.ingest.releases.filter(line_count=0).delete()
            self.outcome.findings += targets.bodies.findings()

    def _load_alone(self, corrected: Alone) -> None:
        """The corrected rows by themselves; what else there is in the file was loaded by the one that they correct."""
        self.say("loading", 0.0, corrected.base.count, 0)
        corrected.count(self.outcome)
        self._judge(corrected.after.flow)
        corrected.load(self.outcome)

    def _count_chunk(self, chunk: Chunk, keep: bool) -> None:
        """Rejects beyond what memory should hold go to their table; of a reading that is undone they are not missed."""
        outcome = self.outcome
        outcome.rows_loaded += len(chunk)
        outcome.rows_rejected += len(chunk.rejects)
        outcome.remarks += chunk.remarks
        room = max(MOST_IN_HAND - len(outcome.rejects), 0)
        outcome.rejects += chunk.rejects[:room]
        if keep:
            self.waiting += chunk.rejects[room:]
            if len(self.waiting) >= MOST_WAITING:
                self._save_waiting()

    def _save_waiting(self) -> None:
        waiting, self.waiting = self.waiting, []
        save_rejects(self.ingest, waiting)

    def _is_hopeless(self) -> bool:
        """So many rejects that reading on would only make more of them."""
        outcome = self.outcome
        return outcome.rows_rejected > HOPELESS and outcome.rows_rejected > MOST_REJECTS * (
            outcome.rows_loaded + outcome.rows_rejected
        )

    def _has_seen_enough(self) -> bool:
        return self.limit is not None and self.outcome.rows_loaded + self.outcome.rows_rejected >= self.limit

    def _done(self, flow: Flow, number: int) -> float:
        """Share of the work done, 0 to 1: bytes of a stream, else tables."""
        tally = flow.tallies.get(number)
        if tally:
            return min(tally.bytes_read / max(self.ingest.file.size, 1), 1.0)
        return (number + 1) / len(flow.reading.tables)

    def _count(self, flow: Flow) -> None:
        for number in range(len(flow.reading.tables)):
            self.outcome.rows_read += flow.rows_read(number)
            self.outcome.skipped.update(flow.skipped(number))

    def _judge(self, flow: Flow) -> None:
        """What stops the file: contradictions, questions that only a person can answer, a reading that fits hardly any row."""
        for finder in flow.finders:
            for what, found in finder.contradictions.items():
                self._contradiction(what, DOCUMENT_WORDS.get(found, found))
            for what, value in finder.assumed.items():
                message = ASSUMED[what].format(value=DOCUMENT_WORDS.get(value, value))
                self._note(
                    Finding(
                        f"assumed_{what}", "info", message, "Si no es así, indícalo y vuelve a cargar.", value=value
                    )
                )
            for name in sorted(finder.others):
                self._other_body(name)
            if supposed := finder.supposed:
                self.outcome.supposed = supposed
                self._note(Finding("assumed_body", "info" if supposed.told else "warning", supposed.why, HINT))
            for code in sorted(finder.questions):
                self._question(QUESTIONS[code])
        rows = self.outcome.rows_loaded + self.outcome.rows_rejected
        if self.outcome.rows_rejected > rows * MOST_REJECTS and not self.outcome.questions:
            self._question("Más de la mitad de las filas no se pudo leer: revisa qué columna es cada cosa.")

    def _stops_for_rejects(self) -> bool:
        """More than one row in twenty rejected: it waits until a person says why it may go on."""
        rejected, rows = self.outcome.rows_rejected, self.outcome.rows_loaded + self.outcome.rows_rejected
        if not too_many_rejected(rejected, self.outcome.rows_loaded) or self.ingest.excuse:
            return False
        message = f"Se rechazó {100 * rejected / rows:.1f} % de las filas: más de 5 %."
        self._note(Finding("many_rejected", "warning", message, "Corrígelas, o di por qué puede publicarse sin ellas."))
        return True

    def _question(self, text: str) -> None:
        if text not in self.outcome.questions:
            self.outcome.questions.append(text)

    def _note(self, finding: Finding) -> None:
        if finding.message not in {known.message for known in self.outcome.findings}:
            self.outcome.findings.append(finding)

    def _results(
        self, flow: Flow, targets: Targets | None, totals: Totals, headings: Mapping[int, dict[str, list[int]]]
    ) -> None:
        for table, sums in totals.by_table.items():
            self.outcome.table_sums.setdefault(table, {}).update(sums)
        updated: dict[int, Release] = {}
        for number, lines in sorted(totals.lines.items()):
            key = flow.slice_list[number]
            release = targets.releases[key] if targets else None
            sums = totals.sums.get(number, {})
            if release:
                release.line_count += lines
                release.sheets = flow.sheets
                release.totals = _plus(release.totals, sums)
                release.headings = headings.get(release.pk, {})
                updated[release.pk] = release
            publisher = release.public_body.slug if release else _slug_of(key.body)
            self.outcome.slices.append(SliceResult(key, publisher, lines, sums, release.pk if release else None))
        for release in updated.values():
            release.totals = decimals(release.totals)
        write_down(updated.values())

    def _end(self, status: str) -> None:
        self.outcome.seconds = time.monotonic() - self.started
        with transaction.atomic():
            Ingest.objects.select_for_update(no_key=True).get(pk=self.ingest.pk)
            # Who asks from here on is told that it is too late (datasets/cancelling.py).
            if is_asked_to_stop(self.ingest):
                raise Cancelled
            finish(self.ingest, self.outcome, status)
        self.tell("done", 1.0, self.outcome.rows_read, self.outcome.rows_rejected)


def _slug_of(ref: BodyRef) -> str | None:
    body = Bodies().find(ref)
    return body.slug if body else ref.slug


def _plus(totals: dict[str, int], sums: dict[str, int]) -> dict[str, int]:
    return {name: totals.get(name, 0) + sums.get(name, 0) for name in totals | sums}
