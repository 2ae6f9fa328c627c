"""`GET /salud/`: are database, broker, worker and beat well? Costs the same however much data there is."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis

from gesoc.celery import GONE_AFTER


def check_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def check_broker() -> str:
    with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as redis:
        redis.ping()
    return "ok"


def check_sign_of_life(who: str) -> str:
    from django.core.cache import cache

    seen = cache.get(f"alive:{who}")
    return "ok" if seen and time.time() - seen < GONE_AFTER else "missing"


def answer(check: Callable[[], str]) -> str:
    """A service that is down is an answer, not an error page; why stays in the log, not in public."""
    try:
        return check()
    except Exception:
        return "down"


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    broker = answer(check_broker)
    parts = {"database": answer(check_database), "broker": broker}
    for who in ("worker", "beat"):  # both are read from the broker's Redis: do not wait for it twice
        parts[who] = answer(lambda w=who: check_sign_of_life(w)) if broker == "ok" else "unknown"  # type: ignore[misc]
    well = set(parts.values()) == {"ok"}
    return JsonResponse({"status": "ok" if well else "failing", **parts}, status=200 if well else 503)
