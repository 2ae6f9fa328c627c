"""script/bench ocds SCHEMA.json [SCHEMA.json ...] [--random N]: our reading of OCDS 1.1 beside the official schemas.

The files are those of https://standard.open-contracting.org/1.1/ (release-schema.json, release-package-schema.json,
record-package-schema.json), which we do not carry. From each a release or package is made that fills every field; then

    one field     every field and every entry of a list, replaced by each of some two dozen values, taken away, doubled
    at random     N times (2,000) two to five fields of it at once

and both are asked whether anything is wrong. Ends with 1 where they differ, with the first cases.
`rfc3339-validator` and `rfc3987` must be installed beside jsonschema, which without them looks at no date and no address.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from datasets.ingest.readers.ocds_rules import Faults
from datasets.ingest.readers.values import parsed

Json = dict[str, Any]
Path_ = tuple[str | int, ...]
GONE, TWICE = object(), object()
VALUES: tuple[Any, ...] = (
    *(GONE, TWICE, None, "", " ", "x", 5, 0, -3, 5.5, True, [], {}, ["x"], [5], [None], [{}], [""], {"a": 1}, "MXN", "active"),
    *("2024-01-31", "2024-02-30T10:00:00Z", "2024-01-31T10:00:00Z", "2024-01-31T10:00:00", "http://a b", "/rel", "urn:x:y"),
    "a:%zz",
)  # fmt: skip
FORMATS = {"date-time": "2024-01-31T10:00:00-06:00", "uri": "https://example.org/a"}
SHOWN = 20


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="script/bench ocds", description="Our rules of OCDS 1.1 beside the official schemas."
    )
    parser.add_argument("schemas", nargs="+", type=Path)
    parser.add_argument("--random", type=int, default=2_000, metavar="N")
    given = parser.parse_args()
    if missing := FORMATS.keys() - FormatChecker().checkers.keys():
        sys.exit(
            f"Install rfc3339-validator and rfc3987: without them jsonschema does not look at {', '.join(missing)}."
        )
    schemas = [json.loads(path.read_text(encoding="utf-8")) for path in given.schemas]
    known = Registry().with_resources((one["id"], Resource.from_contents(one, DRAFT4)) for one in schemas)
    differ = [case for schema in schemas for case in compare(schema, known, given.random)]
    for case in differ[:SHOWN]:
        print(case)
    print(f"\nDIFFERENT in {len(differ):,} cases" if differ else "\nNo difference.")
    sys.exit(1 if differ else 0)


def compare(schema: Json, known: Registry[Any], at_random: int) -> list[str]:
    official = Draft4Validator(schema, registry=known, format_checker=FormatChecker(FORMATS))
    whole = made(schema, known.resolver(schema["id"]))
    assert not list(official.iter_errors(whole)), "what fills every field has no fault"
    ours = asked(schema)
    tried, differ = 0, []
    for what, one in (*one_field(whole), *several_fields(whole, at_random)):
        tried += 1
        wrong, told = not official.is_valid(one), bool(ours(one))
        if wrong != told:
            differ.append(f"{schema['title']}: {what}: the schema says {'wrong' if wrong else 'right'}")
    print(f"{schema['id']}: {tried:,} tried, {len(differ):,} told otherwise")
    return differ


def made(schema: Json, resolver: Any) -> Any:
    """What fills every field of a schema, and keeps to it."""
    if "$ref" in schema:
        found = resolver.lookup(schema["$ref"])
        return made(found.contents, found.resolver)
    if choice := schema.get("oneOf") or schema.get("anyOf"):
        return made(choice[-1], resolver)
    if "properties" in schema:
        fields = schema["properties"].items()
        return {name: made(said, resolver) for name, said in fields if name != "versionedRelease"}
    if "items" in schema:
        return [made(schema["items"], resolver)]
    return value(schema)


def value(schema: Json) -> Any:
    if codes := [code for code in schema.get("enum", ()) if code is not None]:
        return codes[0]
    sorts = schema["type"]
    if "string" in sorts:
        return "1.1" if "pattern" in schema else FORMATS.get(schema.get("format", ""), "a")
    return {"integer": 3, "number": 3.5, "boolean": True, "object": {}}[sorts[0] if isinstance(sorts, list) else sorts]


def asked(schema: Json) -> Callable[[Json], Any]:
    """Our faults of a release, or of a package with what it holds, read from their JSON as a file is."""

    def faults(one: Json) -> Any:
        read, told = parsed(json.dumps(one)), Faults()
        held = next(
            (
                name
                for name in ("records", "releases")
                if name in schema["properties"] and "ocid" not in schema["properties"]
            ),
            "",
        )
        if not held:
            told.check([read], [])
        else:
            told.check(read[held], [{name: value for name, value in read.items() if name != held}])
        return told.counts

    return faults


def one_field(whole: Json) -> Iterator[tuple[str, Json]]:
    for path in places(whole):
        for value in VALUES:
            if value is not TWICE or isinstance(at(whole, path), list):
                yield said(path, value), changed(whole, path, value)


def several_fields(whole: Json, times: int) -> Iterator[tuple[str, Json]]:
    chance = random.Random(11)
    every = list(places(whole))
    for _time in range(times):
        one, told = whole, []
        for path in chance.sample(every, chance.randint(2, 5)):
            value = chance.choice(VALUES)
            try:
                if value is TWICE and not isinstance(at(one, path), list):
                    continue
                one = changed(one, path, value)
            except (KeyError, IndexError, TypeError):
                continue  # what it stands in was replaced just now
            told.append(said(path, value))
        yield "; ".join(told), one


def places(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        # What a package holds is a list of them, or it would be no package to us; where its releases are has a test.
        if (*path, name) not in {("releases",), ("records",), ("releases", 0), ("records", 0)}:
            yield (*path, name)
        yield from places(one, (*path, name))


def at(value: Any, path: Path_) -> Any:
    for step in path:
        value = value[step]
    return value


def changed(whole: Json, path: Path_, value: Any) -> Json:
    whole = copy.deepcopy(whole)
    place = at(whole, path[:-1])
    if value is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = place[path[-1]] * 2 if value is TWICE else value
    return whole


def said(path: Path_, value: Any) -> str:
    shown = "gone" if value is GONE else "twice" if value is TWICE else json.dumps(value)
    return f"{'.'.join(map(str, path))} = {shown}"


if __name__ == "__main__":
    main()
