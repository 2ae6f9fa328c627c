"""Lists of people and organisations that come in, and personal data that go out."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from gesoc.common.text import search_text
from municipalities.models import Municipality
from partners.audit import acting
from partners.models import (
    ConsentRecord,
    ImportBatch,
    Organisation,
    Person,
    SensitiveExport,
    Theme,
    User,
)

from .organisations import save_organisation, set_coverage
from .people import affiliate, record_consent, save_person

MAX_BYTES = 5_000_000
MAX_UNPACKED = 60_000_000
MAX_ROWS = 5_000
HEAD_ROWS = 20  # the headings stand within these
CONTACT = "contacto"  # the necessary purpose of the notice: being in the directory of contacts

# Our name of a column -> headings under which people write it (folded).
COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    ImportBatch.Kind.PEOPLE: {
        "nombre": ("nombre", "nombre completo", "persona", "name", "full name"),
        "correo": ("correo", "correo electronico", "email", "e mail", "mail"),
        "telefono": ("telefono", "tel", "celular", "whatsapp", "phone"),
        "organizacion": ("organizacion", "institucion", "organisation", "organization"),
        "cargo": ("cargo", "puesto", "position", "title"),
        "municipio": ("municipio", "municipality", "ciudad"),
    },
    ImportBatch.Kind.ORGANISATIONS: {
        "nombre": ("nombre", "organizacion", "name"),
        "siglas": ("siglas", "acronimo", "acronym"),
        "tipo": ("tipo", "sector", "kind"),
        "municipio": ("municipio", "sede", "home municipality"),
        "cobertura": ("cobertura", "municipios", "coverage"),
        "temas": ("temas", "themes"),
        "sitio": ("sitio", "sitio web", "pagina", "website"),
        "correo": ("correo", "email"),
        "desde": ("desde", "fecha de ingreso", "since"),
    },
}


class Line(NamedTuple):
    """One row of a list: where it stands, what it says, and what is wrong with it."""

    number: int
    values: dict[str, str]
    problems: list[str]


# -- reading --------------------------------------------------------------------------------------------------------


def read_list(*, kind: str, file_name: str, content: bytes, by: User, **about: Any) -> ImportBatch:
    """Keep the rows of a CSV, XLSX, XLS or ODS file for its preview. Nothing is added yet, and nobody is written to."""
    rows = [[_text(value) for value in row] for row in _cells(content)]
    head, body = _head(kind, rows)
    kept = [
        {"line": number, **{name: row[place] for name, place in head.items() if place < len(row) and row[place]}}
        for number, row in body
        if any(row)
    ]
    if not kept:
        raise ValidationError(_("There are no rows below the headings."))
    if len(kept) > MAX_ROWS:
        raise ValidationError(_("The list has more than %(limit)s rows: send it in parts."), params={"limit": MAX_ROWS})
    batch = ImportBatch(kind=kind, file_name=file_name[:255], rows=kept, created_by=by, **about)
    with acting(by, "read_list"):
        batch.full_clean(exclude=["rows"])
        batch.save()
        return batch


def _cells(content: bytes) -> Iterable[list[Any]]:
    if len(content) > MAX_BYTES:
        raise ValidationError(_("The file is larger than five megabytes."))
    if content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0":
        return _sheet(content)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        top = "\n".join(text.splitlines()[:HEAD_ROWS])  # a title may stand above the headings
        return list(csv.reader(io.StringIO(text), delimiter=max(",;\t", key=top.count)))
    raise ValidationError(_("This is neither a spreadsheet nor a CSV file."))


def _sheet(content: bytes) -> Iterable[list[Any]]:
    try:
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
                    raise ValidationError(_("The file is too large once it is unpacked."))
        return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    except (CalamineError, zipfile.BadZipFile, IndexError) as error:
        raise ValidationError(_("This is neither a spreadsheet nor a CSV file.")) from error


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a phone number in a sheet
    if isinstance(value, datetime.datetime):
        value = value.date()
    return " ".join(str(value).replace("\x00", "").split())[:500]


def _head(kind: str, rows: list[list[str]]) -> tuple[dict[str, int], list[tuple[int, list[str]]]]:
    """Where each column stands, and the rows below with their number; titles above the headings are skipped."""
    for number, row in enumerate(rows[:HEAD_ROWS], start=1):
        folded = [search_text(cell) for cell in row]
        found = {
            name: next(place for place, cell in enumerate(folded) if cell in known)
            for name, known in COLUMNS[kind].items()
            if any(cell in known for cell in folded)
        }
        if "nombre" in found and len(found) > 1:
            return found, list(enumerate(rows[number:], start=number + 1))
    wanted = ", ".join(COLUMNS[kind])
    raise ValidationError(_("We find no headings. Name the columns: %(columns)s."), params={"columns": wanted})


# -- what is there already --------------------------------------------------------------------------------------------


class Known:
    """What a list is compared with, asked once for all of its rows: addresses, organisations, municipalities."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        written = {str(row.get("correo", "")).lower() for row in rows} - {""}
        self.emails = set(Person.objects.active().filter(email__in=written).values_list("email", flat=True))
        self._organisations: dict[str, set[int]] = defaultdict(set)
        for pk, name, acronym in Organisation.objects.kept().order_by().values_list("pk", "name", "acronym"):
            for text in (name, acronym):
                self._organisations[search_text(text)].add(pk)
        self._exact, self._named = (
            self._places() if any(row.keys() & {"municipio", "cobertura"} for row in rows) else ({}, {})
        )

    @staticmethod
    def _places() -> tuple[dict[str, Municipality], dict[str, list[Municipality]]]:
        exact: dict[str, Municipality] = {}
        named: dict[str, list[Municipality]] = defaultdict(list)
        for one in Municipality.objects.select_related("state"):
            exact[one.code] = exact[search_text(str(one))] = one
            named[search_text(one.name)].append(one)
        return exact, named

    def organisation(self, name: str) -> int | None:
        """The number of the one of this name or acronym; None also where there are several."""
        found = self._organisations.get(search_text(name), set()) if name else set()
        return next(iter(found)) if len(found) == 1 else None

    def place(self, text: str) -> Municipality | None:
        """By code, by name and state, or by a name that only one has."""
        wanted = search_text(text)
        named = self._named.get(wanted, [])
        return self._exact.get(wanted) or (named[0] if len(named) == 1 else None)


# -- looking at it --------------------------------------------------------------------------------------------------


def preview(*, batch: ImportBatch) -> list[Line]:
    """Each row with what is wrong with it, against what is in the platform now."""
    check = _problems_of_person if batch.kind == ImportBatch.Kind.PEOPLE else _problems_of_organisation
    seen: set[str] = set()
    known = Known(batch.rows)
    lines = []
    for row in batch.rows:
        values = {name: str(value) for name, value in row.items() if name != "line"}
        lines.append(Line(row["line"], values, check(values, seen, known)))
    return lines


def _problems_of_person(values: dict[str, str], seen: set[str], known: Known) -> list[str]:
    problems = _unnamed(values)
    if email := values.get("correo", "").lower():
        if not _is_email(email):
            problems.append(_("“%s” is no e-mail address") % email)
        elif email in seen or email in known.emails:
            problems.append(_("somebody with this e-mail is already there"))
        seen.add(email)
    if (name := values.get("organizacion")) and known.organisation(name) is None:
        problems.append(_("there is no organisation “%s”") % name)
    return problems + _unknown_places(values.get("municipio", ""), known)


def _problems_of_organisation(values: dict[str, str], seen: set[str], known: Known) -> list[str]:
    problems = _unnamed(values)
    name = search_text(values.get("nombre", ""))
    if name and (name in seen or known.organisation(values["nombre"]) is not None):
        problems.append(_("an organisation of this name is already there"))
    seen.add(name)
    if _choice(values.get("tipo", ""), Organisation.Kind.choices) is None:
        kinds = ", ".join(str(label) for label in Organisation.Kind.labels)
        problems.append(_("say which kind it is: %s") % kinds)
    for theme in _parts(values.get("temas", "")):
        if _choice(theme, Theme.choices) is None:
            problems.append(_("“%s” is no theme of our list") % theme)
    if (email := values.get("correo")) and not _is_email(email):
        problems.append(_("“%s” is no e-mail address") % email)
    if (day := values.get("desde")) and _day(day) is None:
        problems.append(_("“%s” is no day in the past, as 2024-05-31") % day)
    return problems + _unknown_places(f"{values.get('municipio', '')};{values.get('cobertura', '')}", known)


def _unnamed(values: dict[str, str]) -> list[str]:
    return [] if values.get("nombre") else [_("the name is missing")]


def _unknown_places(text: str, known: Known) -> list[str]:
    return [_("we do not find the municipality “%s”") % one for one in _parts(text) if known.place(one) is None]


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _day(text: str) -> datetime.date | None:
    try:
        day = datetime.date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if day <= timezone.localdate() else None


def _choice(text: str, choices: Iterable[tuple[Any, Any]]) -> str | None:
    wanted = search_text(text)
    return next((str(v) for v, label in choices if wanted in (search_text(str(v)), search_text(str(label)))), None)


# -- taking it over -------------------------------------------------------------------------------------------------


def take_over(*, batch: ImportBatch, by: User) -> ImportBatch:
    """Add the rows without problems and forget the list. Nobody gets a mail before they were told the notice."""
    with acting(by, "take_over_list", reason=batch.source):
        current = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if current.finished_at is not None:
            raise ValidationError(_("This list was taken over already."))
        add: Callable[[ImportBatch, dict[str, str], Known, User], object] = (
            _add_person if current.kind == ImportBatch.Kind.PEOPLE else _add_organisation
        )
        lines = preview(batch=current)
        good = [line.values for line in lines if not line.problems]
        known = Known(current.rows)
        for values in good:
            add(current, values, known, by)
        current.added, current.refused = len(good), len(lines) - len(good)
        current.rows, current.finished_at = [], timezone.now()
        current.save()
        return current


def _add_person(batch: ImportBatch, values: dict[str, str], known: Known, by: User) -> None:
    person = save_person(
        person=Person(
            full_name=values["nombre"],
            email=values.get("correo", ""),
            phone=values.get("telefono", "")[:30],
            municipality=known.place(values.get("municipio", "")),
            source=batch.source,
            awaits_notice=not batch.informed,
        ),
        by=by,
    )
    if (number := known.organisation(values.get("organizacion", ""))) is not None:
        organisation = Organisation.objects.get(pk=number)
        affiliate(person=person, organisation=organisation, by=by, title=values.get("cargo", "")[:150])
    if batch.informed and batch.notice is not None:
        record_consent(
            person=person,
            purpose=CONTACT,
            notice=batch.notice,
            decision=ConsentRecord.Decision.GIVEN,
            channel=ConsentRecord.Channel.IMPORT,
            evidence=batch.evidence,
            by=by,
        )


def _add_organisation(batch: ImportBatch, values: dict[str, str], known: Known, by: User) -> None:
    organisation = Organisation(
        slug=free_slug(values["nombre"]),
        name=values["nombre"][:200],
        acronym=values.get("siglas", "")[:30],
        kind=_choice(values["tipo"], Organisation.Kind.choices) or Organisation.Kind.OTHER,
        status=Organisation.Status.CONTACT,
        home_municipality=known.place(values.get("municipio", "")),
        themes=[theme for part in _parts(values.get("temas", "")) if (theme := _choice(part, Theme.choices))],
        website=_address(values.get("sitio", "")),
        public_email=values.get("correo", ""),
    )
    saved = save_organisation(
        organisation=organisation, by=by, since=_day(values.get("desde", "")), reason=batch.source
    )
    covered = [found for part in _parts(values.get("cobertura", "")) if (found := known.place(part))]
    set_coverage(organisation=saved, municipalities=covered, states=[], by=by)


def _address(text: str) -> str:
    return f"https://{text}" if text and "://" not in text else text


def free_slug(name: str) -> str:
    """An address made of the name, with a number where it is taken."""
    base = slugify(name)[:70] or "organizacion"
    taken = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number, slug = 2, base
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


# -- going out ------------------------------------------------------------------------------------------------------


def note_export(*, what: str, rows: int, reason: str, by: User, acting_for: str = "") -> SensitiveExport:
    """Before personal data leave: who takes how many of what, for whom, and why."""
    export = SensitiveExport(what=what, rows=rows, reason=reason.strip()[:300], acting_for=acting_for, by=by)
    with acting(by, "export", reason=export.reason):
        export.full_clean()
        export.save()
        return export
