"""No room left, nobody at the other end, Ctrl-C: how the operating system and the database say it."""

from __future__ import annotations

import errno

import psycopg2
import psycopg2.errors

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DISK_FULL = "53100"  # SQLSTATE
CUT_OFF = ("08", "57P")  # connection exceptions; shut down, crashed, starting up


def is_full(error: BaseException) -> bool:
    return getattr(error, "errno", None) in FULL or _driver(error)[1] == DISK_FULL


def is_cut_off(error: BaseException) -> bool:
    """The server went away. An error of the driver without a code of the server comes from the line between them."""
    of_line, code = _driver(error)
    return of_line and (not code or code.startswith(CUT_OFF))


def is_interrupt(error: BaseException) -> bool:
    """Ctrl-C. While COPY asks for more rows the driver makes an error of the server of it, and keeps only its name."""
    return isinstance(error, KeyboardInterrupt) or (
        isinstance(error, psycopg2.errors.QueryCanceled) and KeyboardInterrupt.__name__ in str(error)
    )


def _driver(error: BaseException) -> tuple[bool, str]:
    """Whether the error is one of the driver about the connection, and the server's code; Django's errors wrap it."""
    found = error if isinstance(error, psycopg2.Error) else error.__cause__
    code = str(getattr(found, "pgcode", None) or "")
    of_line = isinstance(found, (psycopg2.OperationalError, psycopg2.InterfaceError))
    # A server that went away between two statements gives the next one no more than the name of the family.
    return of_line or (type(found) is psycopg2.DatabaseError and not code), code
