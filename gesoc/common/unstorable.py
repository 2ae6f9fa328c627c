"""Text that no database keeps: a NUL, half of a character. Nobody types it; whoever sends it has sent a bad request.

Forms refuse it by themselves; what is read from an address, or from a form without fields of its own, meets the database.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.defaults import bad_request

GetResponse = Callable[[HttpRequest], HttpResponseBase]
NUL = "NUL (0x00)"  # as psycopg2 says it


class UnstorableText:
    """Middleware: the answer to it is 400, whichever page met it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return bad_request(request, exception) if is_unstorable(exception) else None


def is_unstorable(exception: Exception) -> bool:
    if isinstance(exception, UnicodeEncodeError):
        return exception.reason == "surrogates not allowed"
    return isinstance(exception, ValueError) and NUL in str(exception)
