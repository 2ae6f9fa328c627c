"""Words of public money, explained in a sentence or two. Each has an address of its own: /glosario/#devengado."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class Word(NamedTuple):
    key: str  # as in the address, in Spanish
    name: Any
    text: Any
    source: str = ""


LGCG = "Ley General de Contabilidad Gubernamental, art. 4"
CONAC = "CONAC"

WORDS = (
    Word("aprobado", _("Approved"), _("What the council authorised to be spent in the year, before any change."), LGCG),
    Word(
        "modificado",
        _("Modified"),
        _("The approved budget with its increases and reductions. What was spent is fairly compared with this one."),
        LGCG,
    ),
    Word("comprometido", _("Committed"), _("Money set aside because a contract or an order has been signed."), LGCG),
    Word(
        "devengado",
        _("Accrued"),
        _(
            "What is owed because the goods, the works or the service were received, whether or not they have been paid yet."
        ),
        LGCG,
    ),
    Word("ejercido", _("Exercised"), _("What has been authorised for payment, with its papers approved."), LGCG),
    Word("pagado", _("Paid"), _("Money that has left the treasury."), LGCG),
    Word("estimado", _("Estimated"), _("Revenue that the law of revenue expects for the year."), LGCG),
    Word("recaudado", _("Collected"), _("Revenue that has really come in."), LGCG),
    Word(
        "subejercicio",
        _("Under-spending"),
        _(
            "What was in the budget and was not used. It can mean saving, delay, or a plan that was never real: ask why."
        ),
        LGCG,
    ),
    Word(
        "capitulo",
        _("Chapter"),
        _(
            "The first level of what is bought: 1000 salaries, 2000 materials, 3000 services, 4000 transfers, 5000 equipment, "
            "6000 public works, 7000 financial investments, 8000 shares, 9000 debt."
        ),
        f"{CONAC}, Clasificador por Objeto del Gasto",
    ),
    Word(
        "funcion",
        _("Function"),
        _("What the money is spent for: security, health, education, housing."),
        f"{CONAC}, Clasificación Funcional del Gasto",
    ),
    Word(
        "rubro",
        _("Heading of revenue"),
        _("Where revenue comes from: taxes, duties, products, penalties, shares of the federation, financing."),
        f"{CONAC}, Clasificador por Rubros de Ingresos",
    ),
    Word(
        "ingresos-propios",
        _("Its own revenue"),
        _("What the government collects by itself (rubros 1 to 7). The rest is transferred by others or borrowed."),
        f"{CONAC}, Clasificador por Rubros de Ingresos",
    ),
    Word(
        "participaciones",
        _("Shares and contributions"),
        _(
            "Money that the federation passes on: shares (Ramo 28) may be used freely, contributions (Ramo 33) have a purpose."
        ),
        "Ley de Coordinación Fiscal",
    ),
    Word(
        "pesos-reales",
        _("Real pesos"),
        _("Amounts of different years at the prices of one year, so that inflation does not look like growth."),
    ),
    Word(
        "por-habitante",
        _("Per inhabitant"),
        _("The amount divided by the people who live there, with the year of the count."),
    ),
    Word(
        "mediana",
        _("Median"),
        _(
            "Half of the places are above it and half below. One very rich place does not move it, as it would move an average."
        ),
    ),
    Word(
        "adjudicacion-directa",
        _("Direct award"),
        _("A contract given without competition. The law allows it in some cases; each case has to say which."),
        "Ley de Adquisiciones, Arrendamientos y Servicios del Sector Público",
    ),
    Word(
        "cuenta-publica",
        _("Public account"),
        _("The report of the whole year that a government hands to the congress to be audited."),
        "Ley General de Contabilidad Gubernamental, art. 52",
    ),
    Word(
        "version",
        _("Version"),
        _("One reading of one published file. A newer file replaces it, and the older one stays to be looked at."),
    ),
)
KEYS = {word.key for word in WORDS}
