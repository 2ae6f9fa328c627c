"""The engine: sniff, read, recognise, clean, check, load. Knows no request and no page."""

import sys
from importlib.abc import MetaPathFinder
from typing import Any

import pyarrow as pa


class _NoPandas(MetaPathFinder):
    def find_spec(self, fullname: str, path: Any, target: Any = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("not needed here", name=fullname)


def _keep_pandas_out() -> None:
    """At the first list it is given pyarrow loads pandas, if that is installed: 30 MB and a third of a second in every worker,
    for what nothing here asks for. It looks once; that time it does not find it."""
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([""])
    finally:
        sys.meta_path.remove(finder)


_keep_pandas_out()
