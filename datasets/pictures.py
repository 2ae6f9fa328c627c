"""Pictures of drawings: made by the worker, kept by what they show, and bounded, because one costs some tenths of a second."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from hashlib import sha256
from math import ceil
from typing import Any

from celery import current_app
from django.core.cache import cache
from django.http import HttpRequest
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError
from rest_framework.throttling import SimpleRateThrottle

from gesoc.common.charts.png import png

KEPT_SECONDS = 6 * 3600
# An order that nobody has carried out by then lost its message: whoever still waits gives it anew.
ORDERED_SECONDS = 60
FAILED_SECONDS = 60
FAILED = b""
logger = logging.getLogger(__name__)


class PictureThrottle(SimpleRateThrottle):
    """New drawings of one address; what was drawn or ordered before does not count."""

    scope = "pictures"
    rate = "30/min"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


@dataclass(frozen=True)
class Order:
    """What is to be drawn. The drawing names its version of the data, so that what is kept never shows another."""

    svg: str
    width: int
    texts: dict[str, str]

    @property
    def name(self) -> str:
        return f"picture:{self.width}:{sha256(self.svg.encode()).hexdigest()}"


def kept(order: Order) -> bytes | None:
    """The picture; `FAILED` where it could not be drawn a moment ago."""
    found: bytes | None = cache.get(order.name)
    return found


def is_ordered(order: Order) -> bool:
    return cache.get(_order_key(order.name)) is not None


def give(order: Order) -> None:
    """Have the worker draw it; of those who ask at the same time one gives the order."""
    if not cache.add(_order_key(order.name), asdict(order), ORDERED_SECONDS):
        return
    try:
        current_app.send_task("datasets.tasks.draw_picture", [order.name])
    except OperationalError:
        logger.warning("A picture could not be ordered: no broker.")


def draw(name: str) -> bool:
    """Carry an order out; false where there is nothing (more) to do."""
    told = cache.get(_order_key(name))
    if told is None or cache.get(name):
        return False
    order = Order(**told)
    try:
        cache.set(name, png(order.svg, width=order.width, texts=order.texts), KEPT_SECONDS)
    except ValueError:  # the renderer's: the same drawing would fail again
        logger.exception("A picture could not be drawn.")
        cache.set(name, FAILED, FAILED_SECONDS)
    cache.delete(_order_key(name))
    return True


def _order_key(name: str) -> str:
    return f"{name}:order"


def too_many(request: HttpRequest) -> int:
    """Seconds to wait; 0 where there is no need to. Without Redis everybody is let in."""
    throttle = PictureThrottle()
    try:
        allowed = throttle.allow_request(request, None)  # type: ignore[arg-type]  # reads the address alone
    except RedisError:
        return 0
    return 0 if allowed else ceil(throttle.wait() or 60)
