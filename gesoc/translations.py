"""Extracts, compiles and checks the translations without any gettext program on the machine.

    python -m gesoc.translations extract     collect the texts of code and templates into the catalogue
    python -m gesoc.translations compile     write the .mo file where it is older than its sources
    python -m gesoc.translations check       is every text in the catalogue, and translated?

The texts in the code are English, so English needs no catalogue; Spanish (es_MX) does. Packages that speak Spanish but
not Mexican Spanish (allauth, for one) would fall back to English: their `es` texts go below ours into the same .mo.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import polib

BASE_DIR = Path(__file__).resolve().parent.parent
APPS = ["gesoc", "municipalities", "partners", "datasets", "projects", "dialogues"]
CATALOGUE = BASE_DIR / "locale" / "es_MX" / "LC_MESSAGES" / "django.po"
COMPILED = CATALOGUE.with_suffix(".mo")
SPANISH_PACKAGES = ["allauth", "rest_framework", "django_filters"]
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# A dynamic attribute of a component holds an expression that is no template tag: <c-field :label="_('Name')" />
COTTON_TEXT = re.compile(r"""\s:[\w.-]+=(?:"[^"]*?\b_\('([^']*)'\)|'[^']*?\b_\("([^"]*)"\))""")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
TEXTS = ["msgctxt", "msgid", "msgid_plural", "msgstr", "msgstr_plural"]
Message = tuple[str, str, str]  # context, singular, plural


# -- what the code says -------------------------------------------------------------------------------------------


def sources() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((BASE_DIR / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
    for place in [BASE_DIR / "templates", *(BASE_DIR / app / "templates" for app in APPS)]:
        yield from sorted(path for path in place.rglob("*") if path.suffix in {".html", ".txt", ".xml", ".svg"})


def python_of(path: Path) -> str:
    """A template becomes Python-like text by Django's own rules, so both are read by one extractor."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    from django.utils.translation.template import templatize

    cotton = "".join(f"\n_({first or second!r})" for first, second in COTTON_TEXT.findall(text))
    return templatize(text, origin=str(path)) + cotton


def messages_in(path: Path) -> Iterator[tuple[Message, list[str]]]:
    from babel.messages.extract import extract

    code = BytesIO(python_of(path).encode())
    for _line, found, comments, context in extract("python", code, KEYWORDS, ["Translators:"]):
        texts = found if isinstance(found, tuple) else (found, "")
        if texts[0]:
            yield (context or "", texts[0], texts[1] or ""), comments


def extract() -> dict[Message, polib.POEntry]:
    """Every text with the files that say it. No line numbers: they would change with every edit."""
    entries: dict[Message, polib.POEntry] = {}
    for path in sources():
        for message, comments in messages_in(path):
            context, singular, plural = message
            entry = entries.setdefault(
                message, polib.POEntry(msgctxt=context or None, msgid=singular, msgid_plural=plural)
            )
            place = (path.relative_to(BASE_DIR).as_posix(), "")
            if place not in entry.occurrences:
                entry.occurrences.append(place)
            for comment in comments:
                if comment not in entry.comment:
                    entry.comment = f"{entry.comment}\n{comment}".strip()
            if "%(" in singular and "python-format" not in entry.flags:
                entry.flags.append("python-format")
    return entries


# -- the catalogue ------------------------------------------------------------------------------------------------


def key_of(entry: polib.POEntry) -> Message:
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def read_catalogue() -> polib.POFile:
    if CATALOGUE.exists():
        return polib.pofile(str(CATALOGUE), wrapwidth=110)
    return polib.POFile(wrapwidth=110)


def update() -> None:
    """Keeps every translation whose text is still in the code, adds the new texts empty, drops the others."""
    known = {key_of(entry): entry for entry in read_catalogue()}
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "es_MX",
        "MIME-Version": "1.0",
        "Plural-Forms": "nplurals=2; plural=n != 1;",
    }
    for message, entry in sorted(extract().items(), key=lambda item: (item[1].occurrences[0], item[0])):
        old = known.get(message)
        if message[2]:
            entry.msgstr_plural = old.msgstr_plural if old else {0: "", 1: ""}
        else:
            entry.msgstr = old.msgstr if old else ""
        catalogue.append(entry)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(CATALOGUE))


def package_catalogues() -> Iterator[Path]:
    for package in SPANISH_PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            locale = Path(spec.origin).parent / "locale"
            if not (locale / "es_MX").exists() and (path := locale / "es" / "LC_MESSAGES" / "django.mo").exists():
                yield path


def compile_catalogue() -> bool:
    """True if there was anything to do. Written whole or not at all: servers of this clone may be reading it."""
    origins = [path for path in (CATALOGUE, Path(__file__)) if path.exists()]
    if COMPILED.exists() and all(COMPILED.stat().st_mtime_ns >= path.stat().st_mtime_ns for path in origins):
        return False
    catalogue = read_catalogue()
    ours = {key_of(entry) for entry in catalogue}
    for path in package_catalogues():
        for entry in polib.mofile(str(path)):
            if key_of(entry) not in ours and entry.msgid:
                catalogue.append(polib.POEntry(**{name: getattr(entry, name) for name in TEXTS}))
    COMPILED.parent.mkdir(parents=True, exist_ok=True)
    fresh = COMPILED.with_suffix(".new")
    catalogue.save_as_mofile(str(fresh))
    fresh.replace(COMPILED)
    return True


# -- the check ----------------------------------------------------------------------------------------------------


def problems() -> list[str]:
    wanted, known = extract(), {key_of(entry): entry for entry in read_catalogue()}
    found = [f"not in the catalogue, run script/translate: {key[1]!r}" for key in wanted if key not in known]
    found += [f"no longer in the code, run script/translate: {key[1]!r}" for key in known if key not in wanted]
    for key, entry in known.items():
        translated = list(entry.msgstr_plural.values()) if key[2] else [entry.msgstr]
        if not translated or not all(translated):
            found.append(f"not translated: {key[1]!r}")
        elif "fuzzy" in entry.flags:
            found.append(f"marked as uncertain: {key[1]!r}")
        elif any(not same_placeholders(key, text) for text in translated):
            found.append(f"other placeholders than the English text: {key[1]!r}")
    return found


def same_placeholders(key: Message, translated: str) -> bool:
    """A form of a plural may leave a placeholder out ("one file"); none may invent one."""
    allowed = set(PLACEHOLDER.findall(key[1])) | set(PLACEHOLDER.findall(key[2]))
    used = set(PLACEHOLDER.findall(translated))
    return used <= allowed if key[2] else used == allowed


def main(arguments: list[str]) -> int:
    if arguments == ["extract"]:
        update()
    elif arguments == ["compile"]:
        compile_catalogue()
    elif arguments == ["check"]:
        found = problems()
        sys.stdout.write("".join(f"{CATALOGUE.relative_to(BASE_DIR)}: {problem}\n" for problem in found))
        return 1 if found else 0
    else:
        sys.stderr.write(__doc__ or "")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
