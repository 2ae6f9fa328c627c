import time
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.live_server_helper import LiveServer

from gesoc import probe
from gesoc.celery import GONE_AFTER, Scheduler, app, sign_of_life


@pytest.fixture
def everyone_alive() -> None:
    for who in ("worker", "beat"):
        sign_of_life(who)


@pytest.mark.django_db
@pytest.mark.usefixtures("everyone_alive")
def test_health_all_well(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        response = client.get("/salud/")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "broker": "ok", "worker": "ok", "beat": "ok"}
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["worker", "beat"])
@pytest.mark.usefixtures("everyone_alive")
def test_health_names_who_gives_no_sign_of_life(client: Client, who: str) -> None:
    cache.delete(f"alive:{who}")
    response = client.get("/salud/")
    expected = {"status": "failing", "database": "ok", "broker": "ok", "worker": "ok", "beat": "ok", who: "missing"}
    assert (response.status_code, response.json()) == (503, expected)


@pytest.mark.django_db
@pytest.mark.usefixtures("everyone_alive")
def test_health_old_sign_of_life_does_not_count(client: Client) -> None:
    cache.set("alive:beat", time.time() - GONE_AFTER - 1, None)
    assert client.get("/salud/").json()["beat"] == "missing"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["unix:///nowhere/redis.sock", "redis://127.0.0.1:1/0"])
def test_health_without_broker_answers_fast(client: Client, settings: Any, address: str) -> None:
    settings.REDIS_URL = address
    began = time.monotonic()
    response = client.get("/salud/")
    assert time.monotonic() - began < 3
    expected = {"status": "failing", "database": "ok", "broker": "down", "worker": "unknown", "beat": "unknown"}
    assert (response.status_code, response.json()) == (503, expected)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("everyone_alive")
def test_health_without_database_answers_fast(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    began = time.monotonic()
    response = client.get("/salud/")
    assert time.monotonic() - began < 3
    expected = {"status": "failing", "database": "down", "broker": "ok", "worker": "ok", "beat": "ok"}
    assert (response.status_code, response.json()) == (503, expected)


def test_health_takes_no_writes(client: Client) -> None:
    assert client.post("/salud/").status_code == 405


def test_beat_gives_a_sign_of_life_with_every_tick_and_sleeps_no_longer(tmp_path: Any) -> None:
    cache.delete("alive:beat")
    scheduler = Scheduler(app, schedule_filename=str(tmp_path / "beat"))
    assert scheduler.tick() <= 5
    assert time.time() - cache.get("alive:beat") < 5
    scheduler.close()


def test_sign_of_life_survives_a_missing_redis(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.CACHES = settings.CACHES | {
        "default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/redis.sock"}
    }
    sign_of_life("worker")
    assert "No sign of life from worker" in caplog.text


@pytest.mark.parametrize("who", ["worker", "beat"])
@pytest.mark.usefixtures("everyone_alive")
def test_probe_of_one_process(who: str) -> None:
    assert probe.main([who]) == 0
    cache.delete(f"alive:{who}")
    assert probe.main([who]) == 1


@pytest.mark.usefixtures("everyone_alive")
def test_probe_of_the_web_server_asks_it_alone(live_server: LiveServer) -> None:
    port = live_server.url.rpartition(":")[2]
    cache.delete("alive:worker")  # a dead worker is no reason to restart the web server
    assert probe.main(["web", port]) == 0
    assert probe.main(["web", "1"]) == 1


def test_probe_with_anything_else_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert probe.main(["everything"]) == 2
    assert "python -m gesoc.probe web" in capsys.readouterr().err
