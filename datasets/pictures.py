"""Pictures of drawings: kept by what they show, and bounded, because one costs the server some tenths of a second."""

from __future__ import annotations

import logging
from hashlib import sha256
from math import ceil
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError
from rest_framework.throttling import SimpleRateThrottle

from gesoc.common.charts.png import png

KEPT_SECONDS = 6 * 3600
logger = logging.getLogger(__name__)


class PictureThrottle(SimpleRateThrottle):
    """New drawings of one address; what was drawn before does not count."""

    scope = "pictures"
    rate = "30/min"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


def _name(svg: str, width: int) -> str:
    return f"picture:{width}:{sha256(svg.encode()).hexdigest()}"


def kept(svg: str, width: int) -> bytes | None:
    try:
        return cache.get(_name(svg, width))
    except RedisError:
        return None


def draw(svg: str, width: int, texts: dict[str, str]) -> bytes:
    image = png(svg, width=width, texts=texts)
    try:
        cache.set(_name(svg, width), image, KEPT_SECONDS)
    except RedisError:
        logger.warning("A picture could not be kept: no Redis.")
    return image


def too_many(request: HttpRequest) -> int:
    """Seconds to wait; 0 where there is no need to. Without Redis everybody is let in."""
    throttle = PictureThrottle()
    try:
        allowed = throttle.allow_request(request, None)  # type: ignore[arg-type]  # reads the address alone
    except RedisError:
        return 0
    return 0 if allowed else ceil(throttle.wait() or 60)
