"""The rows that lines belong to: territory read once, public bodies found or made, draft releases of one ingest."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.utils.text import slugify

from datasets.ingest.bodies import BodyRef, Territory
from datasets.ingest.shapes import Finding
from datasets.ingest.slices import SliceKey
from datasets.models import Ingest, PublicBody, Release
from gesoc.common.text import search_text, sort_key
from municipalities.models import Municipality, State

AT_ONCE = 200  # releases that are written in one statement


def load_territory() -> Territory:
    """Two queries, whatever the size of the file."""
    states = list(State.objects.all())
    names: dict[str, str] = {}
    for state in states:
        for name in (state.name, state.short_name, state.abbreviation):
            names[search_text(name)] = state.code
    names |= {
        "distrito federal": "09",
        "df": "09",
        "cdmx": "09",
        "edomex": "15",
        "mexico": "15",
        "estado de mexico": "15",
    }
    rows = list(Municipality.objects.values_list("code", "name", "former_names"))
    former = {code: former.replace(",", ";").split(";") for code, _name, former in rows if former}
    return Territory(
        {code: name for code, name, _ in rows}, {state.code: state.name for state in states}, names, former
    )


@dataclass(slots=True)
class Bodies:
    """Public bodies by what a file calls them. A name that is not known yet becomes a body that nobody has confirmed."""

    created: list[PublicBody] = field(default_factory=list)
    _known: dict[BodyRef, PublicBody] = field(default_factory=dict)

    def look_up(self, refs: Iterable[BodyRef]) -> None:
        """Municipal governments of many slices in one query; the rest are few."""
        codes = {ref.municipality: ref for ref in refs if ref.kind == "municipality" and not ref.slug}
        missing = [code for code, ref in codes.items() if ref not in self._known]
        if len(missing) > 1:
            found = PublicBody.objects.filter(kind=PublicBody.Kind.MUNICIPALITY, municipality__in=missing)
            self._known |= {codes[body.municipality_id]: body for body in found}

    def get(self, ref: BodyRef) -> PublicBody:
        body = self._known.get(ref)
        if body is None:
            body = self._known[ref] = self.find(ref) or self._create(ref)
        return body

    def find(self, ref: BodyRef) -> PublicBody | None:
        """Without creating anything."""
        if ref.slug:
            return PublicBody.objects.filter(slug=ref.slug).first()
        if ref.kind == "municipality":
            return PublicBody.objects.filter(kind=ref.kind, municipality=ref.municipality).first()
        if ref.kind == "state":
            return PublicBody.objects.filter(kind=ref.kind, state=ref.state).first()
        if ref.kind == "federation":
            return PublicBody.objects.filter(kind=ref.kind).first()
        named = PublicBody.objects.filter(name_key=ref.key[:300], municipality=ref.municipality)
        return (named.filter(state=ref.state) if ref.state else named).order_by("-confirmed", "pk").first()

    def _create(self, ref: BodyRef) -> PublicBody:
        place = ref.municipality or ref.state
        body = PublicBody(
            slug=free_slug(ref.slug or "-".join(part for part in (slugify(ref.name)[:100], place) if part)),
            name=ref.name[:300],
            name_key=ref.key[:300],
            kind=ref.kind,
            municipality_id=ref.municipality,
            state_id=ref.state,
            confirmed=False,
            sort_key=sort_key(ref.name)[:300],
            search_text=search_text(ref.name)[:400],
        )
        body.full_clean(exclude=["name_key", "sort_key", "search_text"])
        body.save()
        self.created.append(body)
        return body

    def findings(self) -> list[Finding]:
        return [
            Finding(
                "new_public_body",
                "warning",
                f"No conocíamos la institución «{body.name}»: se creó sin confirmar.",
                "Revisa el nombre y confírmala, o indica a cuál institución conocida corresponde.",
                value=body.slug,
            )
            for body in self.created
        ]


def free_slug(wanted: str) -> str:
    wanted = wanted or "institucion"
    taken = set(PublicBody.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    if wanted not in taken:
        return wanted
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{wanted}-{number}") not in taken)


@dataclass(slots=True)
class Targets:
    """Draft releases of one ingest, one per slice; two names of one body share theirs. `save` ends their making."""

    ingest: Ingest
    bodies: Bodies = field(default_factory=Bodies)
    releases: dict[SliceKey, Release] = field(default_factory=dict)
    _by_slice: dict[tuple[object, ...], Release] = field(default_factory=dict)
    _waiting: list[Release] = field(default_factory=list)  # not yet in their table

    def get(self, keys: list[SliceKey]) -> list[tuple[int, int]]:
        """(public body, release) of each slice; new ones are made, and written when there are many."""
        fresh = [key for key in keys if key not in self.releases]
        made = []
        self.bodies.look_up(key.body for key in fresh)
        for key in fresh:
            release = self._draft(key)
            same = self._by_slice.setdefault(tuple(release.slice_key.values()), release)
            if same is release:
                made.append(release)
            self.releases[key] = same
        self._number(made)
        self._waiting += made
        if len(self._waiting) >= AT_ONCE:
            self.save()
        return [(self.releases[key].public_body_id, self.releases[key].pk) for key in keys]

    def save(self) -> None:
        """Those that wait, in one statement. Lines and cells name them by their numbers before."""
        waiting, self._waiting = self._waiting, []
        Release.objects.bulk_create(waiting)

    def _number(self, made: list[Release]) -> None:
        if made:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence('datasets_release', 'id')) FROM generate_series(1, %s)",
                    [len(made)],
                )
                for release, (number,) in zip(made, cursor.fetchall(), strict=True):
                    release.pk = number

    def _draft(self, key: SliceKey) -> Release:
        return Release(
            kind=key.kind,
            public_body=self.bodies.get(key.body),
            year=key.year,
            period=key.period,
            document=key.document,
            breakdown=key.breakdown,
            ingest=self.ingest,
        )


def write_down(releases: Collection[Release]) -> None:
    """What the load found of each release, in one statement: a file may hold hundreds, and Django would write a CASE for each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE datasets_release SET line_count = found.line_count, sheets = found.sheets, totals = found.totals, "
            "headings = found.headings FROM unnest(%s::int[], %s::int[], %s::jsonb[], %s::jsonb[], %s::jsonb[]) "
            "AS found(id, line_count, sheets, totals, headings) "
            "WHERE datasets_release.id = found.id",
            [
                [release.pk for release in releases],
                [release.line_count for release in releases],
                [json.dumps(release.sheets) for release in releases],
                [json.dumps(release.totals) for release in releases],
                [json.dumps(release.headings) for release in releases],
            ],
        )
