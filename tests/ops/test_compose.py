"""docker-compose.yml against the Compose specification, and against what production must have."""

import json
import re
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
import yaml

from tests.ops.clones import REPOSITORY

OURS = {"migrate", "web", "worker", "beat"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, Any]:
    return compose["services"]


def test_compose_is_valid_by_the_specification(compose: dict[str, Any]) -> None:
    schema = files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json").read_text()
    jsonschema.validate(compose, json.loads(schema))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"services": {"web": {"imagine": "x"}}}, json.loads(schema))


def test_compose_has_every_process(services: dict[str, Any]) -> None:
    assert set(services) == OURS | {"db", "redis"}
    assert services["db"]["image"] == "postgres:18"
    assert "--locale-provider=builtin --builtin-locale=C.UTF-8" in services["db"]["environment"]["POSTGRES_INITDB_ARGS"]


def test_compose_checks_everyones_health(services: dict[str, Any]) -> None:
    assert "HEALTHCHECK" in (REPOSITORY / "Dockerfile").read_text()  # for the web server
    for name in ("worker", "beat", "db", "redis"):
        assert services[name]["healthcheck"]["test"][0] == "CMD", name


def test_compose_knows_no_secret(services: dict[str, Any]) -> None:
    for name, service in services.items():
        for variable, value in service["environment"].items():
            if re.search("SECRET|PASSWORD|AUTH|DATABASE_URL|REDIS_URL", variable):
                assert ":?" in value, f"{name} has a value of its own for {variable}"


def test_compose_keeps_data_in_named_volumes(compose: dict[str, Any], services: dict[str, Any]) -> None:
    kept = {volume.split(":")[0] for service in services.values() for volume in service["volumes"]}
    assert kept == set(compose["volumes"]) == {"database", "queue", "media"}


def test_compose_runs_nothing_as_root_and_opens_nothing_to_the_network(services: dict[str, Any]) -> None:
    instructions = (REPOSITORY / "Dockerfile").read_text().splitlines()
    assert [line for line in instructions if line.startswith("USER")] == ["USER mesa"]
    assert instructions.index("USER mesa") > max(i for i, line in enumerate(instructions) if line.startswith("RUN"))
    assert (services["db"]["user"], services["redis"]["user"]) == ("postgres", "redis")
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:${PORT:-8000}:8000"]
