"""How often something may be tried, counted in Redis."""

import datetime

import pytest
from django.core.cache import cache
from django.test import RequestFactory, override_settings
from redis import Redis

from gesoc.common.limits import Limit, caller, too_many

THREE = Limit("test", most=3, within=datetime.timedelta(seconds=90))


@pytest.fixture(autouse=True)
def fresh():
    cache.clear()


def test_limit_is_reached_by_the_last_that_is_allowed_and_by_that_caller_only():
    told = []
    for _attempt in range(4):
        told.append(THREE.is_reached("10.0.0.1"))
        THREE.count("10.0.0.1")
    assert told == [False, False, False, True]
    assert not THREE.is_reached("10.0.0.2")
    assert not Limit("other", most=3, within=THREE.within).is_reached("10.0.0.1")


def test_limit_ends_with_its_time_and_keeps_no_address():
    THREE.count("10.0.0.1")
    store = cache._cache.get_client()
    assert isinstance(store, Redis)
    (key,) = store.keys("*limit:test:*")
    assert 0 < store.ttl(key) <= 90
    assert b"10.0.0.1" not in key


@override_settings(
    CACHES={
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
)
def test_without_redis_everybody_is_let_in():
    THREE.count("10.0.0.1")
    assert not THREE.is_reached("10.0.0.1")


def test_behind_a_proxy_the_caller_is_whom_the_proxy_saw(settings):
    request = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4, 10.0.0.9")
    assert caller(request) == "127.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert caller(request) == "10.0.0.9"


def test_page_says_how_long_to_wait_and_is_kept_nowhere(client):
    request = RequestFactory().get("/")
    request.user, request._messages = None, []
    response = too_many(request, THREE)
    assert (response.status_code, response["Retry-After"], response["Referrer-Policy"]) == (429, "90", "strict-origin")
    assert "Espera 2 minutos" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
