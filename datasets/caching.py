"""What is read from the published data and kept until the data change."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

from datasets.versions import data_version

T = TypeVar("T")
HOUR = 3_600  # names of places may change without a new version of the data
FIELDS = 4  # raised with the fields of what is kept: a release never reads what the one before it wrote
logger = logging.getLogger(__name__)


def recall(key: str) -> Any:
    """What is kept there; None where nothing is, or the cache is away."""
    with suppress(RedisError):
        return cache.get(key)
    return None


def keep(key: str, value: object, seconds: float) -> None:
    """For what is only convenient to have: nothing is said where the cache is away."""
    with suppress(RedisError):
        cache.set(key, value, seconds)


def forget(*keys: str) -> None:
    with suppress(RedisError):
        cache.delete_many(keys)


def _key(version: int, name: str) -> str:
    return f"datos:{FIELDS}:{version}:{name}"


def remembered(name: str, make: Callable[[], T], *, version: int | None = None) -> T:
    """The answer made for a version of the data, unsaid the present one; made anew where the cache is away."""
    key = _key(data_version() if version is None else version, name)
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


def remembered_one(version: int, name: str, one: str) -> Any:
    """What `remember_each` put there; None where it is not there."""
    return remembered_some(version, name, [one]).get(one)


def remembered_some(version: int, name: str, wanted: Iterable[str]) -> dict[str, Any]:
    """Those of them that are there."""
    keys = {_key(version, f"{name}:{one}"): one for one in wanted}
    try:
        return {keys[key]: value for key, value in cache.get_many(keys).items()}
    except RedisError:
        return {}


def remember_each(version: int, name: str, found: Mapping[str, Any]) -> None:
    """Give each of many small answers a place of its own, once for a version that was read before they were made."""
    try:
        if cache.add(_key(version, name), len(found), HOUR):
            cache.set_many({_key(version, f"{name}:{one}"): value for one, value in found.items()}, HOUR)
    except RedisError:
        logger.warning("The cache does not take what was made")
