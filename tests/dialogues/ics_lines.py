"""A strict reader of RFC 5545 of our own: the second parser against which entries and feeds are held."""

from __future__ import annotations

import re

NAME = re.compile(r"^[A-Z0-9-]+$")
PARAMETER = re.compile(r';([A-Z0-9-]+)=("[^"]*"|[^;:,"]*)')


class Broken(Exception):
    pass


def read(text: str) -> dict:
    """The calendar as nested components: {"name", "properties": [(name, parameters, value)], "children"}."""
    raw = text.encode()
    if not raw.endswith(b"\r\n") or b"\n" in raw.replace(b"\r\n", b""):
        raise Broken("every line ends with CRLF")
    lines = raw.split(b"\r\n")[:-1]
    too_long = [line for line in lines if len(line) > 75]
    if too_long:
        raise Broken(f"longer than 75 octets: {too_long[0]!r}")
    unfolded = re.sub(rb"\r\n[ \t]", b"", raw).decode().split("\r\n")[:-1]
    root: dict = {"name": "", "properties": [], "children": []}
    stack = [root]
    for line in unfolded:
        name, parameters, value = _line(line)
        if name == "BEGIN":
            child = {"name": value, "properties": [], "children": []}
            stack[-1]["children"].append(child)
            stack.append(child)
        elif name == "END":
            if stack.pop()["name"] != value:
                raise Broken(f"END:{value} closes another component")
        else:
            stack[-1]["properties"].append((name, parameters, value))
    if len(stack) != 1 or [child["name"] for child in root["children"]] != ["VCALENDAR"]:
        raise Broken("not one whole VCALENDAR")
    return root["children"][0]


def _line(line: str) -> tuple[str, dict[str, str], str]:
    end = re.match(r'[A-Z0-9-]+(;[A-Z0-9-]+=("[^"]*"|[^;:,"]*))*:', line)
    if end is None:
        raise Broken(f"no property: {line!r}")
    head, value = line[: end.end() - 1], line[end.end() :]
    name = head.split(";")[0]
    return name, {key: quoted.strip('"') for key, quoted in PARAMETER.findall(head)}, value


def values(component: dict, name: str) -> list[str]:
    return [value for found, _parameters, value in component["properties"] if found == name]


def one(component: dict, name: str) -> str:
    (value,) = values(component, name)
    return value


def parts(component: dict, name: str) -> list[dict]:
    return [child for child in component["children"] if child["name"] == name]


def parameters(component: dict, name: str) -> dict[str, str]:
    return next(found for known, found, _value in component["properties"] if known == name)
