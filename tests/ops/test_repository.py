"""What is tracked names no machine, no package host and no secret."""

import re
import subprocess

import pytest

from gesoc import locks, translations
from tests.ops.clones import REPOSITORY

# Put together here so that this file does not name them either.
PATHS = re.compile("|".join(["/" + name + "/" for name in ("work", "root", "home/[a-z]+", "Users/[A-Za-z]+")]))
HOSTS = re.compile("|".join(["pypi" + r"\.org", "python" + r"hosted\.org", r"--(?:extra-)?index-" + "url"]))


def tracked(*patterns: str) -> list[str]:
    done = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return [name for name in done.stdout.split("\0") if name and (REPOSITORY / name).is_file()]


@pytest.mark.parametrize("pattern", [PATHS, HOSTS], ids=["path of a machine", "package host"])
def test_tracked_files_name_no(pattern: re.Pattern[str]) -> None:
    found = []
    for name in tracked():
        for number, line in enumerate((REPOSITORY / name).read_bytes().split(b"\n"), 1):
            if pattern.search(line.decode(errors="ignore")):
                found.append(f"{name}:{number}")
    assert found == []


def test_nothing_made_is_tracked() -> None:
    assert tracked("var", ".venv", "*.mo", "*.pyc", ".env") == []


def test_every_migration_looks_at_the_models_once() -> None:
    """docs/adr/migrations-in-one-look.md"""
    base = "class Migration(gesoc.common.migrations.Migration):"
    assert [name for name in tracked("*/migrations/0*.py") if base not in (REPOSITORY / name).read_text()] == []


@pytest.mark.parametrize("name", ["base", "dev"])
def test_locks_are_what_is_asked_for(name: str) -> None:
    assert locks.problems(name) == []


def test_lock_problems_are_named(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "base.in").write_text("django>=5  # why\nnew-one\nredis<2 # old\n")
    (tmp_path / "base.txt").write_text(
        "django==5.2 \\\n    --hash=sha256:aa\n    # via -r requirements/base.in\n"
        "redis==3.1 \\\n    --hash=sha256:bb\n    # via -r requirements/base.in\n"
        "old==1 \\\n    --hash=sha256:cc\n    # via -r requirements/base.in\n"
        "bare==1\n    # via old\n"
    )
    monkeypatch.setattr(locks, "FOLDER", tmp_path)
    assert locks.problems("base") == [
        f"requirements/base.txt: {problem}; run script/lock\n"
        for problem in [
            "new-one is in base.in, not in the lock",
            "redis 3.1 is not what base.in asks for (<2)",
            "old is in the lock, not in base.in",
            "bare has no hash",
        ]
    ]


def test_every_dependency_says_who_needs_it() -> None:
    for name in ("base", "dev"):
        for line in (locks.FOLDER / f"{name}.in").read_text().splitlines():
            if line and not line.startswith(("#", "-")):
                assert " # " in line, line


def test_translations_are_read_from_python_templates_and_components(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translations, "BASE_DIR", tmp_path)
    monkeypatch.setattr(translations, "APPS", ["app"])
    (tmp_path / "app").mkdir()
    (tmp_path / "templates" / "cotton").mkdir(parents=True)
    (tmp_path / "app" / "views.py").write_text(
        "# Translators: a noun\na = _('file')\n"
        "b = ngettext('%(n)d row', '%(n)d rows', 2)\nc = pgettext('month', 'May')\nd = _(variable)\n"
    )
    (tmp_path / "templates" / "page.html").write_text(
        "{% load i18n %}{% translate 'Budget' %}{% blocktranslate with n=1 %}For {{ n }}{% endblocktranslate %}"
        """<c-field label="{% translate 'Name' %}" :hint="_('In full')" /> {{ _('File') }}"""
    )
    (tmp_path / "templates" / "cotton" / "note.html").write_text("<c-vars title />{% load i18n %}{% trans 'Note' %}")
    found = translations.extract()
    assert set(found) == {
        ("", "file", ""),
        ("", "%(n)d row", "%(n)d rows"),
        ("month", "May", ""),
        ("", "Budget", ""),
        ("", "For %(n)s", ""),
        ("", "Name", ""),
        ("", "In full", ""),
        ("", "File", ""),
        ("", "Note", ""),
    }
    assert found["", "file", ""].comment == "Translators: a noun"
    assert found["", "Note", ""].occurrences == [("templates/cotton/note.html", "")]


@pytest.mark.parametrize(
    ("key", "translated", "same"),
    [
        (("", "%(n)d row", ""), "%(n)d fila", True),
        (("", "%(n)d row", ""), "%(m)d fila", False),
        (("", "row {n}", ""), "fila", False),
        (("", "one row", "%(n)d rows"), "una fila", True),
        (("", "one row", "%(n)d rows"), "%(x)d filas", False),
    ],
)
def test_translation_keeps_its_placeholders(key: translations.Message, translated: str, same: bool) -> None:
    assert translations.same_placeholders(key, translated) is same


def test_compiled_catalogue_speaks_for_packages_without_mexican_spanish() -> None:
    from django.utils import translation

    translations.compile_catalogue()
    with translation.override("es-mx"):
        assert translation.gettext("Forgot your password?") == "¿Ha olvidado su contraseña?"
    with translation.override("en"):
        assert translation.gettext("Forgot your password?") == "Forgot your password?"
