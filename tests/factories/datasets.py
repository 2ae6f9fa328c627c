"""Published files and their facts. A release gets its lines' sums as cells written out by hand: no code under test."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from datasets import models
from gesoc.common.text import search_text, sort_key
from municipalities.models import Municipality, State

PUBLISHED_AT = datetime(2025, 4, 30, 12, tzinfo=UTC)


class StateFactory(DjangoModelFactory):
    class Meta:
        model = State
        django_get_or_create = ("code",)

    code = "05"
    name = factory.LazyAttribute(lambda o: {"05": "Coahuila de Zaragoza"}.get(o.code, f"Estado {o.code}"))
    short_name = factory.LazyAttribute(lambda o: {"05": "Coahuila"}.get(o.code, f"Estado {o.code}"))
    abbreviation = factory.LazyAttribute(lambda o: f"E{o.code}")
    slug = factory.LazyAttribute(lambda o: {"05": "coahuila"}.get(o.code, f"estado-{o.code}"))
    sort_key = factory.LazyAttribute(lambda o: sort_key(o.short_name))
    search_text = factory.LazyAttribute(lambda o: search_text(o.name))


class MunicipalityFactory(DjangoModelFactory):
    class Meta:
        model = Municipality
        django_get_or_create = ("code",)

    code = "05035"
    name = factory.LazyAttribute(lambda o: {"05035": "Torreón"}.get(o.code, f"Municipio {o.code}"))
    state = factory.LazyAttribute(lambda o: StateFactory(code=o.code[:2]))
    time_zone = "America/Monterrey"
    sort_key = factory.LazyAttribute(lambda o: sort_key(o.name))
    search_text = factory.LazyAttribute(lambda o: f"{search_text(o.name)} | {o.state.search_text}")


class PublicBodyFactory(DjangoModelFactory):
    """A municipality's government; give `kind` and `municipality=None` for other bodies."""

    class Meta:
        model = models.PublicBody

    kind = models.PublicBody.Kind.MUNICIPALITY
    municipality = factory.SubFactory(MunicipalityFactory)
    state = factory.LazyAttribute(lambda o: o.municipality.state if o.municipality else None)
    name = factory.LazyAttribute(lambda o: f"Municipio de {o.municipality.name}" if o.municipality else "Organismo")
    slug = factory.Sequence(lambda n: f"cuerpo-{n}")
    name_key = factory.LazyAttribute(lambda o: search_text(o.name))
    sort_key = factory.LazyAttribute(lambda o: sort_key(o.name))
    search_text = factory.LazyAttribute(lambda o: search_text(o.name))


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = models.Source

    slug = factory.Sequence(lambda n: f"fuente-{n}")
    name = factory.Sequence(lambda n: f"Fuente {n}")
    publisher_name = "Tesorería Municipal"


class SourceFileFactory(DjangoModelFactory):
    class Meta:
        model = models.SourceFile

    source = factory.SubFactory(SourceFactory)
    original_name = factory.Sequence(lambda n: f"archivo-{n}.csv")
    sha256 = factory.LazyAttribute(lambda o: hashlib.sha256(o.original_name.encode()).hexdigest())
    size = 1234
    storage_path = factory.LazyAttribute(lambda o: f"originals/{o.sha256}")
    retrieved_from = "https://example.org/archivo.csv"
    retrieved_at = PUBLISHED_AT
    has_personal_data = False


class IngestFactory(DjangoModelFactory):
    class Meta:
        model = models.Ingest

    file = factory.SubFactory(SourceFileFactory)
    options_key = factory.Sequence(lambda n: f"{n:064x}")
    kind = models.Kind.EXPENDITURE
    status = models.Ingest.Status.PUBLISHED
    stage = models.Ingest.Stage.DONE


class ReleaseFactory(DjangoModelFactory):
    """A published annual public account by object, unless told otherwise."""

    class Meta:
        model = models.Release

    kind = models.Kind.EXPENDITURE
    public_body = factory.SubFactory(PublicBodyFactory)
    year = 2024
    period = "annual"
    document = models.Document.PUBLIC_ACCOUNT
    breakdown = models.Breakdown.OBJECT
    version = 1
    status = models.Release.Status.PUBLISHED
    ingest = factory.SubFactory(IngestFactory, kind=factory.SelfAttribute("..kind"))
    published_at = factory.LazyAttribute(lambda o: None if o.status == models.Release.Status.DRAFT else PUBLISHED_AT)


def label(kind, name="", *, code="", published_code=""):
    """A label as the loader keeps it: its id follows from its texts."""
    digest = hashlib.blake2b(f"{kind}|{published_code}|{name}".encode(), digest_size=8).digest()
    found, _ = models.Label.objects.get_or_create(
        id=int.from_bytes(digest, "big") >> 1,
        defaults={"kind": kind, "code": code, "published_code": published_code, "name": name},
    )
    return found


def class_node(classifier, code, name_es, **fields):
    node, _ = models.ClassNode.objects.get_or_create(
        classifier=classifier, code=code, defaults={"level": fields.pop("level", ""), "name_es": name_es, **fields}
    )
    return node


def _amounts(amounts):
    return {moment: None if value is None else Decimal(value) for moment, value in amounts.items()}


COARSER = {
    models.Kind.EXPENDITURE: {"concept": "chapter", "item": "concept"},
    models.Kind.REVENUE: {"type": "rubro", "item": "type"},
}


def headings(release):
    """How many headings its cells have by each way of telling, and how many of them the level above has not."""
    model = models.RevenueCell if release.kind == models.Kind.REVENUE else models.ExpenditureCell
    keys = {}
    for by, key in model.objects.filter(release=release).values_list("by", "key"):
        keys.setdefault(by, set()).add(key)
    named = {by: mine - {""} for by, mine in keys.items()}
    return {by: [len(mine), len(mine - named.get(COARSER[release.kind].get(by), set()))] for by, mine in named.items()}


def _counted(release):
    release.headings = headings(release)
    release.save(update_fields=["headings"])


def expenditure_cell(release, by, key, *, label=None, line_count=1, **amounts):
    cell = models.ExpenditureCell.objects.create(
        public_body=release.public_body,
        release=release,
        by=by,
        key=key,
        label=label,
        line_count=line_count,
        **_amounts(amounts),
    )
    _counted(release)
    return cell


def revenue_cell(release, by, key, *, label=None, line_count=1, **amounts):
    cell = models.RevenueCell.objects.create(
        public_body=release.public_body,
        release=release,
        by=by,
        key=key,
        label=label,
        line_count=line_count,
        **_amounts(amounts),
    )
    _counted(release)
    return cell


def contract_cell(release, by, key, *, currency="MXN", line_count=1, amount=None, direct=None):
    return models.ContractCell.objects.create(
        public_body=release.public_body,
        release=release,
        by=by,
        key=key,
        currency=currency,
        line_count=line_count,
        amount=None if amount is None else Decimal(amount),
        direct_amount=None if direct is None else Decimal(direct),
    )


def bands(release):
    """Its contracts' cells by size."""
    found = {}
    for one in models.Contract.objects.filter(release=release, amount__gt=0):
        least = max(end for end in (0, *models.BANDS) if end <= one.amount)
        count, amount = found.get((least, one.method, one.currency), (0, Decimal(0)))
        found[least, one.method, one.currency] = count + 1, amount + one.amount
    for (least, method, currency), (count, amount) in found.items():
        contract_cell(release, "band", f"{least}:{method}", currency=currency, line_count=count, amount=amount)


class SupplierFactory(DjangoModelFactory):
    class Meta:
        model = models.Supplier

    id = factory.Sequence(lambda n: 1000 + n)
    name = factory.Sequence(lambda n: f"Constructora Número {n}, S.A. de C.V.")
    name_key = factory.LazyAttribute(lambda o: search_text(o.name).removesuffix(" s a de c v"))
    rfc = ""
    is_natural_person = False


class ContractFactory(DjangoModelFactory):
    class Meta:
        model = models.Contract

    release = factory.SubFactory(
        ReleaseFactory, kind=models.Kind.CONTRACTS, document="", breakdown=models.Breakdown.FULL
    )
    public_body = factory.SelfAttribute("release.public_body")
    line_no = factory.Sequence(lambda n: n + 1)
    source_row = factory.LazyAttribute(lambda o: o.line_no + 1)
    last_row = factory.SelfAttribute("source_row")
    year = factory.SelfAttribute("release.year")
    contract_number = factory.LazyAttribute(lambda o: f"C-{o.line_no}")
    method = models.Contract.Method.DIRECT
    method_raw = "Adjudicación directa"
    title = "Pavimentación de calles"
    supplier = factory.SubFactory(SupplierFactory)
    supplier_name = factory.LazyAttribute(lambda o: o.supplier.name if o.supplier else "")
    amount = Decimal("100000.00")
    tax_basis = "unstated"
    currency = "MXN"
    search_text = factory.LazyAttribute(lambda o: search_text(f"{o.title} {o.supplier_name} {o.contract_number}"))


class _RegisterFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    public_body = factory.SelfAttribute("release.public_body")
    line_no = factory.Sequence(lambda n: n + 1)
    source_row = factory.LazyAttribute(lambda o: o.line_no + 1)
    last_row = factory.SelfAttribute("source_row")
    year = factory.SelfAttribute("release.year")


class WorkFactory(_RegisterFactory):
    class Meta:
        model = models.Work

    release = factory.SubFactory(
        ReleaseFactory, kind=models.Kind.WORKS, document="", breakdown=models.Breakdown.FULL, totals={}
    )
    code = factory.LazyAttribute(lambda o: f"OP-{o.line_no}")
    name = "Pavimentación de calles"
    physical_progress = Decimal("50.00")
    investment = Decimal("1000000.00")
    search_text = factory.LazyAttribute(lambda o: search_text(f"{o.name} {o.code}"))


class DebtFactory(_RegisterFactory):
    class Meta:
        model = models.Debt

    release = factory.SubFactory(
        ReleaseFactory, kind=models.Kind.DEBT, document="", breakdown=models.Breakdown.FULL, totals={}
    )
    creditor = "Banco del Ejemplo"
    balance = Decimal("500000.00")


class SanctionFactory(_RegisterFactory):
    class Meta:
        model = models.Sanction

    release = factory.SubFactory(
        ReleaseFactory, kind=models.Kind.SANCTIONS, document="", breakdown=models.Breakdown.FULL, totals={}
    )
    supplier = factory.SubFactory(SupplierFactory)
    supplier_name = factory.LazyAttribute(lambda o: o.supplier.name if o.supplier else "")
    authority = "Contraloría"
    outcome = models.Sanction.Outcome.BOTH
    outcome_raw = "Multa e inhabilitación"
