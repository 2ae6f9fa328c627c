"""The few primitives that all charts are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from html import escape
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

UNSAFE = re.compile("[&<>\"']")


def el(tag: str, *children: Any, **attributes: Any) -> SafeString:
    """One element. `class_` and `stroke_width` become `class` and `stroke-width`; None leaves an attribute out."""
    written = "".join(
        [f' {written_name(name)}="{attribute(value)}"' for name, value in attributes.items() if value is not None]
    )
    inside = join(children)
    # Everything above is escaped or was safe to begin with.
    return SafeString(f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>")


def attribute(value: Any) -> str:
    if type(value) is str:
        return escape(value) if UNSAFE.search(value) else value
    return str(value) if type(value) is int else conditional_escape(value)


@cache
def written_name(name: str) -> str:
    """Few names, and a chart writes each of them hundreds of times."""
    return name.rstrip("_").replace("_", "-")


def join(parts: Iterable[Any]) -> SafeString:
    return SafeString("".join([part if type(part) is SafeString else conditional_escape(part) for part in parts]))


def at(value: float) -> str:
    """A coordinate: two decimals at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"


def pct(value: float) -> str:
    return f"{at(value)}%"
