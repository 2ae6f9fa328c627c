"""Registers of social programmes: an idea."""

from __future__ import annotations

from municipalities.models import Municipality, State
from projects import services
from projects.models import DataGap, Project

from .telling import ago, log, organisation, user


def registers(slug: str) -> None:
    karla = user("equipo@gesoc.example")
    lead = organisation("observatorio-mixteco-de-politicas")
    project = services.create_project(
        project=Project(
            slug=slug,
            is_example=True,
            visibility="publica",
            title="Padrones que sí se pueden leer",
            lead_organisation=lead,
            scope="estatal",
            problem_statement=(
                "Los padrones de programas sociales se publican como fotos o PDF, sin municipio ni monto por persona. "
                "No se puede saber si llegan a quien deben."
            ),
            public_summary="Que los padrones de programas sociales se publiquen de forma que se puedan revisar.",
            starts_on=ago(30),
        ),
        states=State.objects.filter(code="20"),
        municipalities=Municipality.objects.filter(code="20039"),
        by=karla,
    )
    services.invite_partner(project=project, organisation=organisation("cuentas-claras-tapatias"), by=karla)
    log(project, karla, (25, "reunion", "Se definió qué columnas debe tener un padrón útil.", "publica"))
    services.save_gap(
        gap=DataGap(
            project=project,
            what_is_missing="Padrón de beneficiarios del programa de apoyo alimentario, por municipio y monto.",
            addressee="Secretaría de bienestar del estado (ejemplo)",
        ),
        by=karla,
    )
