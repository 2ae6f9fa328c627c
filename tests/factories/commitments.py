"""Commitments of Torreón, due in thirty days. Times are given where a test is about them."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from dialogues import models
from gesoc.common.text import search_text
from tests.factories.datasets import MunicipalityFactory
from tests.factories.partners import OrganisationFactory, UserFactory


class CommitmentFactory(DjangoModelFactory):
    class Meta:
        model = models.Commitment

    text = factory.Sequence(lambda n: f"Publicar los permisos de obra {n}")
    verification = "La lista está en el sitio del municipio, con plano."
    responsible = factory.SubFactory(OrganisationFactory, kind="gobierno")
    municipality = factory.SubFactory(MunicipalityFactory)
    due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))
    first_due_on = factory.SelfAttribute("due_on")
    state = models.Commitment.State.ACCEPTED
    state_reason = factory.LazyAttribute(
        lambda o: "Cambió el gobierno" if o.state in ("incumplido", "cancelado") else ""
    )
    kept_on = factory.LazyAttribute(
        lambda o: timezone.localdate() if o.state in ("reportado_cumplido", "verificado") else None
    )
    search_text = factory.LazyAttribute(lambda o: search_text(f"{o.text} {o.responsible or ''}"))
    created_by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=60))
