"""Pages of published data, kept as they were sent until something they tell changes.

Most visitors have no account and no cookie, and get the very same bytes: a page that was drawn once is sent again, by each web
process from its own memory. What is kept is known by the version of the public data and by the newest change of what is told
beside them (projects, evidence, dialogues, commitments, public bodies), which is asked at most once a second; nothing outlives
a minute, as in the API. The ETag is a digest of the page: who has it already is told so while the page reads the same.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from math import inf

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# Told beside the data: the newest row of their journals says whether any of it changed.
JOURNALS = (
    "partners_organisationevent",
    "projects_projectevent",
    "projects_projectpartnerevent",
    "projects_challengeevent",
    "projects_evidenceevent",
    "projects_datagapevent",
    "projects_researchnoteevent",
    "dialogues_sessionevent",
    "dialogues_commitmentevent",
    "datasets_publicbodyevent",
)
NEWEST = ", ".join(f"coalesce((SELECT max(pgh_id) FROM {table}), 0)" for table in JOURNALS)  # noqa: S608 - names above
STATE = f"SELECT concat_ws('.', (SELECT value FROM datasets_dataversion WHERE id = 1), {NEWEST})"  # noqa: S608
# Whose answer depends on nothing but the address and what STATE tells apart. All of the rest is drawn for each visitor.
KEPT = {
    *("compare", "panorama", "glossary", "public_bodies", "datasets:contract", "datasets:flag", "datasets:disclosure"),
    *(
        "datasets:indicators",
        "datasets:indicator",
        "datasets:classifiers",
        "datasets:laws",
        "datasets:suppliers",
        "datasets:supplier",
    ),
    *("municipalities:directory", "municipalities:map", "municipalities:state", "home"),
    *(
        f"{place}{page}"
        for place in ("municipality", "public_body")
        for page in (
            *("", "_expenditure", "_expenditure_lines", "_revenue", "_revenue_lines", "_contracts"),
            *("_works", "_debt", "_sanctions", "_flags", "_disclosure"),
        )
    ),
}
LARGEST = 200_000  # bytes; with as many pages as CACHES["pages"] holds this bounds the memory


class KeptPages:
    """Middleware, inside what writes the headers of security and outside of all that asks who the visitor is."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.pages = caches["pages"]
        self.seen, self.state = -inf, ""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.KEPT_PAGES or not is_anybodys(request):
            return self.get_response(request)
        key = key_of(request)
        kept = self.pages.get(key)
        if kept is not None and kept[0] == self.current():
            return _answer(request, HttpResponse(kept[1], headers=kept[2]))
        return self.keep(key, request, self.get_response(request))

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """A page is known by the state from before it was drawn: a change in between is never hidden behind a newer state."""
        match = request.resolver_match
        if settings.KEPT_PAGES and match is not None and match.view_name in KEPT and is_anybodys(request):
            request.state_before = self.current()  # type: ignore[attr-defined]

    def keep(self, key: str, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        before = getattr(request, "state_before", "")
        if not before or not isinstance(response, HttpResponse) or not may_be_kept(response):
            return response
        patch_vary_headers(response, ["Cookie", "HX-Request"])
        response["ETag"] = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
        response["Cache-Control"] = "no-cache"
        self.pages.set(key, (before, response.content, dict(response.items())))
        return _answer(request, response)

    def current(self) -> str:
        """The state of what is public; asked again after a second. Empty where the database does not tell it."""
        now = time.monotonic()
        if now - self.seen > settings.KEPT_PAGES_ASK_AFTER:
            self.state, self.seen = state(), now
        return self.state


def key_of(request: HttpRequest) -> str:
    """Of one length however long the address is."""
    address = f"{request.scheme}://{request.get_host()}{request.get_full_path()}"
    return hashlib.blake2b(address.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def state() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute(STATE)
            (found,) = cursor.fetchone() or ("",)
    except DatabaseError:
        return ""  # the view says what is wrong, as if nothing were kept
    return str(found)


def is_anybodys(request: HttpRequest) -> bool:
    """A page asked for by nobody in particular: no cookie of any name, and the whole page."""
    given = request.META
    return request.method == "GET" and not any(
        given.get(name) for name in ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_HX_REQUEST")
    )


def may_be_kept(response: HttpResponse) -> bool:
    """A plain page. One that is sent with a cookie, or with a policy of its own, is its visitor's alone."""
    return (
        response.status_code == 200
        and not response.cookies
        and not response.has_header("Cache-Control")
        and not any(name.startswith("_csp") for name in vars(response))
        and response.get("Content-Type", "").startswith("text/html")
        and len(response.content) <= LARGEST
    )


def _answer(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
