"""States, municipalities, their shapes and populations, and the yearly price index.

Codes are INEGI's: two digits for a state, five for a municipality or a borough of Mexico City, always text.
"""

from django.db import models
from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat, Left
from django.utils.translation import gettext_lazy as _

from gesoc.common.addresses import address
from gesoc.common.text import search_text, tokens

# Ends the name in a municipality's search text ("torreon | coahuila …"): tells the very name from a prefix.
NAME_ENDS = "|"


class State(models.Model):
    code = models.CharField(_("INEGI code"), max_length=2, primary_key=True)
    name = models.CharField(_("official name"), max_length=60, unique=True)
    short_name = models.CharField(_("short name"), max_length=40, unique=True)
    abbreviation = models.CharField(_("abbreviation"), max_length=10, unique=True)
    slug = models.SlugField(_("address"), max_length=40, unique=True)
    sort_key = models.CharField(max_length=60, editable=False)
    search_text = models.CharField(max_length=200, editable=False)

    class Meta:
        ordering = ["sort_key"]
        verbose_name = _("state")
        verbose_name_plural = _("states")
        constraints = [models.CheckConstraint(name="state_code_two_digits", condition=Q(code__regex=r"^[0-9]{2}$"))]

    def __str__(self) -> str:
        return self.short_name

    def get_absolute_url(self) -> str:
        return address("municipalities:state", self.slug)


# "Municipio de Torreón, Coahuila": what most names do not hold, and whoever asks may say.
FILLER = {"municipio", "municipios", "alcaldia", "alcaldias", "estado", "de", "del"}


def telling_words(query: str) -> list[str]:
    words = tokens(query)
    return [word for word in words if word not in FILLER] or words


class MunicipalityQuerySet(QuerySet["Municipality"]):
    def without_polygon(self) -> "MunicipalityQuerySet":
        """Units younger than the geometry we have; on the map their territory is still inside their parents'."""
        return self.filter(shapes__isnull=True)

    def with_people(self) -> "MunicipalityQuerySet":
        """Annotate the newest figure alone."""
        newest = Population.objects.filter(municipality=OuterRef("pk")).order_by("-year", "kind")
        return self.annotate(population=Subquery(newest.values("value")[:1]))

    def with_population(self, year: int | None = None) -> "MunicipalityQuerySet":
        """Annotate the newest figure (at or before `year`) with what must be said beside it: year, kind, source."""
        newest = Population.objects.filter(municipality=OuterRef("pk")).order_by("-year", "kind")
        if year is not None:
            newest = newest.filter(year__lte=year)
        return self.annotate(
            population=Subquery(newest.values("value")[:1]),
            population_year=Subquery(newest.values("year")[:1]),
            population_kind=Subquery(newest.values("kind")[:1]),
            population_source=Subquery(newest.values("source")[:1]),
        )

    def matching(self, query: str) -> "MunicipalityQuerySet":
        """Units whose name, state or other name holds every word, or piece of a word, of the query in any order."""
        words = telling_words(query)
        if not words:
            return self.none()
        return self.filter(Q(code=query.strip()) | Q(*[("search_text__contains", word) for word in words]))

    def ranked(self, query: str) -> "MunicipalityQuerySet":
        """Best first: the very name, names that begin so, words that begin so, the rest; then the most people.

        Needs `with_population` or `with_people`.
        """
        phrase, words = search_text(query), telling_words(query)
        if not words:
            return self
        starts = Q(*[("padded__contains", f" {word}") for word in words])
        rank = Case(
            When(search_text__startswith=f"{phrase} {NAME_ENDS}", then=0),
            When(search_text__startswith=phrase, then=1),
            When(starts, then=2),
            default=3,
            output_field=IntegerField(),
        )
        ranked = self.alias(padded=Concat(Value(" "), "search_text")).annotate(rank=rank)
        return ranked.order_by("rank", F("population").desc(nulls_last=True), "sort_key", "code")


class Municipality(models.Model):
    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("municipality")
        BOROUGH = "borough", _("borough of Mexico City")

    code = models.CharField(_("INEGI code"), max_length=5, primary_key=True)
    state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="municipalities", verbose_name=_("state"))
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.MUNICIPALITY)
    time_zone = models.CharField(_("time zone"), max_length=40, help_text=_("IANA name, for example America/Monterrey"))
    former_names = models.CharField(_("former or popular names"), max_length=200, blank=True)
    is_coastal = models.BooleanField(
        _("has a sea coast"), null=True, help_text=_("Read from the borders; unknown for units younger than they are")
    )
    created_on = models.DateField(_("created on"), null=True, blank=True)
    created_note = models.CharField(_("how it was created"), max_length=300, blank=True)
    created_source = models.CharField(_("source of its creation"), max_length=300, blank=True)
    created_source_url = models.URLField(_("link to that source"), max_length=300, blank=True)
    parents = models.ManyToManyField(
        "self", symmetrical=False, related_name="offspring", blank=True, verbose_name=_("split from")
    )
    sort_key = models.CharField(max_length=80, editable=False)
    search_text = models.CharField(max_length=400, editable=False)

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "code"]
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        indexes = [models.Index(name="municipality_by_state", fields=["state", "sort_key"])]
        constraints = [
            models.CheckConstraint(name="municipality_code_five_digits", condition=Q(code__regex=r"^[0-9]{5}$")),
            models.CheckConstraint(name="municipality_code_in_state", condition=Q(state_id=Left(F("code"), 2))),
            models.CheckConstraint(name="municipality_kind_known", condition=Q(kind__in=["municipality", "borough"])),
            models.CheckConstraint(name="municipality_time_zone_set", condition=Q(time_zone__startswith="America/")),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.state}"

    @property
    def is_recent(self) -> bool:
        """Created after the borders and the lists that this site has; those say nothing of it."""
        return bool(self.created_source)

    def get_absolute_url(self) -> str:
        return address("municipality", self.code)


class MapFrame(models.Model):
    """A drawing area whose paths share coordinates: "mx" states, "mx-mun" all municipalities, "05" those of a state."""

    STATES = "mx"
    MUNICIPALITIES = "mx-mun"

    key = models.CharField(max_length=8, primary_key=True)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("map frame")
        verbose_name_plural = _("map frames")
        constraints = [
            models.CheckConstraint(name="map_frame_has_area", condition=Q(width__gt=0, height__gt=0)),
        ]

    def __str__(self) -> str:
        return self.key


class Shape(models.Model):
    """The outline of one unit in one frame, kept apart so that lists of municipalities stay light."""

    frame = models.ForeignKey(MapFrame, on_delete=models.CASCADE, related_name="shapes")
    state = models.ForeignKey(State, on_delete=models.CASCADE, null=True, blank=True, related_name="shapes")
    municipality = models.ForeignKey(
        Municipality, on_delete=models.CASCADE, null=True, blank=True, related_name="shapes"
    )
    path = models.TextField(help_text=_("SVG path; empty where the unit is too small for the scale: drawn as a dot"))
    label_x = models.SmallIntegerField()
    label_y = models.SmallIntegerField()

    class Meta:
        verbose_name = _("map shape")
        verbose_name_plural = _("map shapes")
        constraints = [
            models.CheckConstraint(
                name="shape_of_one_unit",
                condition=Q(state__isnull=False, municipality__isnull=True)
                | Q(state__isnull=True, municipality__isnull=False),
            ),
            models.UniqueConstraint(
                name="shape_once_a_frame", fields=["frame", "state", "municipality"], nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.frame_id} {self.state_id or self.municipality_id}"


class Population(models.Model):
    """People who live in a municipality, a state, or (neither given) the nation. Not published is no row, never 0."""

    # The figures before and after, where this one was drawn between them for a year without its own; never stored.
    between: "tuple[Population, Population] | None" = None

    class Kind(models.TextChoices):
        CENSUS = "census", _("census count")
        PROJECTION = "projection", _("projection")

    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="populations",
        verbose_name=_("municipality"),
    )
    state = models.ForeignKey(
        State, on_delete=models.CASCADE, null=True, blank=True, related_name="populations", verbose_name=_("state")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    value = models.PositiveIntegerField(_("people"))
    source = models.CharField(_("source"), max_length=200)
    source_url = models.URLField(_("link to the source"), max_length=300, blank=True)

    class Meta:
        ordering = ["state_id", "municipality_id", "year", "kind"]  # by code: their own order would join both tables
        verbose_name = _("population")
        verbose_name_plural = _("populations")
        constraints = [
            models.CheckConstraint(name="population_published", condition=Q(value__gt=0)),
            models.CheckConstraint(name="population_cited", condition=~Q(source="")),
            models.CheckConstraint(name="population_kind_known", condition=Q(kind__in=["census", "projection"])),
            models.CheckConstraint(name="population_year_sane", condition=Q(year__gte=1895, year__lte=2100)),
            models.CheckConstraint(
                name="population_of_one_place", condition=Q(state__isnull=True) | Q(municipality__isnull=True)
            ),
            models.UniqueConstraint(
                name="population_once", fields=["municipality", "state", "year", "kind"], nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id or self.state_id or 'MX'} {self.year}: {self.value:,}"


class MetropolitanMembership(models.Model):
    """That a municipality belongs to a metropolis, by one edition of the official list.

    An edition is whole: who is not in it belonged to none then. Without any edition nothing is known.
    Up to 2015 all were called zones; the list of 2020 tells three kinds apart.
    """

    class Kind(models.TextChoices):
        ZONE = "zone", _("metropolitan zone")
        CITY = "city", _("metropolis of one municipality")
        CONURBATION = "conurbation", _("conurbation")

    municipality = models.ForeignKey(
        Municipality, on_delete=models.CASCADE, related_name="metropolitan_zones", verbose_name=_("municipality")
    )
    edition = models.PositiveSmallIntegerField(_("edition"), help_text=_("Year that the list is of"))
    zone = models.CharField(_("code of the zone"), max_length=10)
    name = models.CharField(_("metropolitan zone"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.ZONE)
    source = models.CharField(_("source"), max_length=200)
    source_url = models.URLField(_("link to the source"), max_length=300, blank=True)

    class Meta:
        ordering = ["-edition", "zone", "municipality_id"]
        verbose_name = _("member of a metropolitan zone")
        verbose_name_plural = _("members of metropolitan zones")
        constraints = [
            models.UniqueConstraint(name="metropolitan_once_an_edition", fields=["edition", "municipality"]),
            models.CheckConstraint(name="metropolitan_named", condition=~Q(zone="") & ~Q(name="")),
            models.CheckConstraint(name="metropolitan_cited", condition=~Q(source="")),
            models.CheckConstraint(name="metropolitan_edition_sane", condition=Q(edition__gte=2000, edition__lte=2100)),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.edition}: {self.name}"


class PriceIndex(models.Model):
    """Yearly average of a price index. Real pesos always name the series that made them."""

    class Series(models.TextChoices):
        UDI = "udi", _("UDI (Banco de México), yearly average")
        INPC = "inpc", _("INPC (INEGI), yearly average")

    series = models.CharField(_("series"), max_length=8, choices=Series.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=8)
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        ordering = ["series", "year"]
        verbose_name = _("price index")
        verbose_name_plural = _("price indices")
        constraints = [
            models.CheckConstraint(name="price_index_positive", condition=Q(value__gt=0)),
            models.CheckConstraint(name="price_index_cited", condition=~Q(source="")),
            models.CheckConstraint(name="price_index_series_known", condition=Q(series__in=["udi", "inpc"])),
            models.UniqueConstraint(name="price_index_once", fields=["series", "year"]),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.value}"


class LoadedData(models.Model):
    """What reference data this database holds: by name of the set, the fingerprint of the files last loaded."""

    name = models.CharField(max_length=40, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("loaded reference data")
        verbose_name_plural = _("loaded reference data")

    def __str__(self) -> str:
        return self.name
