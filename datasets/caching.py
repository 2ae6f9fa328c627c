"""What is read from the published data and kept until the data change."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

from datasets.versions import data_version

T = TypeVar("T")
HOUR = 3_600  # names of places may change without a new version of the data
FIELDS = 2  # raised with the fields of what is kept: a release never reads what the one before it wrote
logger = logging.getLogger(__name__)


def remembered(name: str, make: Callable[[], T]) -> T:
    """The answer made for the present version of the data; made anew where the cache is away."""
    key = f"datos:{FIELDS}:{data_version()}:{name}"
    try:
        kept = cache.get(key)
    except RedisError:
        logger.warning("The cache does not answer: made without it")
        return make()
    if kept is not None:
        return kept
    made = make()
    try:
        cache.set(key, made, HOUR)
    except RedisError:
        logger.warning("The cache does not take what was made")
    return made
