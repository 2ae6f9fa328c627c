"""Questions to the API that can be copied as they are: read from the files beside, which the tests run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILES = {"curl": "curl.txt", "Python": "python.txt", "R": "r.txt", "Excel, Power BI (Power Query)": "power-query.txt"}
SITE = "https://SITE"


@dataclass(frozen=True, slots=True)
class Example:
    tool: str
    code: str

    @property
    def anchor(self) -> str:
        return f"ejemplo-{self.tool.split()[0].strip(',').lower()}"


@lru_cache
def _texts() -> dict[str, str]:
    here = Path(__file__).parent
    return {tool: (here / name).read_text(encoding="utf-8").strip() for tool, name in FILES.items()}


def examples(site: str) -> list[Example]:
    """`site`: where the reader is, as https://mesa.example, without a slash at the end."""
    return [Example(tool, text.replace(SITE, site)) for tool, text in _texts().items()]
