"""How often something may be tried: counted in the cache, so that it holds for all processes together.

    WRONG_CODES = Limit("wrong-code", most=60, within=datetime.timedelta(minutes=10))

    if WRONG_CODES.is_reached(caller(request)):
        return too_many(request, WRONG_CODES)
    …
    WRONG_CODES.count(caller(request))

What is counted is for the view to say: a whole room may share one address, so wrong codes are counted and right ones not.
Without Redis everybody is let in.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from redis.exceptions import RedisError

from .views import behind_a_link


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many within a time that begins with the first of them."""

    name: str
    most: int
    within: datetime.timedelta

    @property
    def minutes(self) -> int:
        return -(-int(self.within.total_seconds()) // 60)

    def is_reached(self, who: str) -> bool:
        try:
            return int(cache.get(self._key(who), 0)) >= self.most
        except RedisError:
            return False

    def count(self, who: str) -> None:
        key = self._key(who)
        try:
            cache.add(key, 0, self.within.total_seconds())
            cache.incr(key)
        except (RedisError, ValueError):  # it may run out between the two
            return

    def _key(self, who: str) -> str:
        """Nobody reads an address or an e-mail in the cache."""
        return f"limit:{self.name}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"


def caller(request: HttpRequest) -> str:
    """The address of whoever asks, as sign-in counts it: behind a proxy the one that the proxy saw."""
    return str(get_adapter().get_client_ip(request))


def too_many(request: HttpRequest, limit: Limit) -> HttpResponse:
    """Says how long to wait, in plain words; kept by no cache, as the page may stand behind a personal link."""
    response = render(request, "429.html", {"minutes": limit.minutes}, status=429)
    response["Retry-After"] = str(int(limit.within.total_seconds()))
    return behind_a_link(response)
