"""Waiting for a database that is coming back: a restart takes seconds, and whoever started a load should not have to know."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psycopg2
from django.db import DatabaseError, InterfaceError, connection

from datasets.ingest.pipeline import RecoverableError
from datasets.outages import is_cut_off

OF_THE_DATABASE = (RecoverableError, DatabaseError, InterfaceError, psycopg2.Error)
BETWEEN = 0.5  # seconds between two looks
WAITING = "La base de datos no responde. Se espera hasta {seconds:.0f} segundos a que vuelva…"
BACK = (
    "La base de datos volvió: se sigue desde el principio del archivo; de lo que se había leído no quedó nada a medias."
)


def is_outage(error: BaseException) -> bool:
    """Whether the database went away, and not something that it said."""
    return isinstance(error, RecoverableError) or is_cut_off(error)


@dataclass(slots=True)
class Patience:
    """So many seconds for all the outages of one run together: a database that comes and goes does not hold it for ever."""

    seconds: float
    say: Callable[[str], object]

    def is_rewarded(self) -> bool:
        """Whether the database is back before it runs out."""
        if self.seconds:
            self.say(WAITING.format(seconds=self.seconds))
        if not self._comes_back():
            return False
        self.say(BACK)
        return True

    def _comes_back(self) -> bool:
        end = time.monotonic() + self.seconds
        while not _answers():
            if time.monotonic() >= end:
                self.seconds = 0
                return False
            time.sleep(BETWEEN)
        self.seconds = max(end - time.monotonic(), 0)
        return True


def _answers() -> bool:
    with suppress(DatabaseError, InterfaceError):
        connection.close()  # the old one leads nowhere
        connection.ensure_connection()
        return True
    return False
