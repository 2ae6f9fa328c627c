"""Paragraphs written from the numbers: right for zero, one, negative, missing and equal figures."""

import re
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from datasets import narration, sentences
from datasets.sentences import Part
from datasets.views import gist

D = Decimal
money = st.decimals(min_value=-(10**10), max_value=10**10, places=2) | st.none()
RUBROS = narration.Noun("rubro", "rubros")
SLOT = re.compile(r"%\(|\bNone\b|nan|  ")


def both(say):
    found = []
    for language in ("es-mx", "en"):
        with translation.override(language):
            found.append(say())
    return found


def is_clean(text):
    return not SLOT.search(text) and text == text.strip() and (not text or text[0].isupper() or not text[0].isalpha())


@given(st.lists(money, max_size=8))
def test_parts_never_leave_a_slot_or_tell_parts_of_negatives(values):
    parts = [Part(f"Rubro {n}", value) for n, value in enumerate(values)]
    for text in both(lambda: narration.parts_of_whole(parts, RUBROS)):
        assert is_clean(text)
        assert bool(text) == (sum(value is not None for value in values) >= 2)
        if any(value is not None and value < 0 for value in values):
            assert "100 pesos" not in text


@given(st.lists(money, min_size=1, max_size=6))
def test_course_names_the_extremes_or_nothing(values):
    years = list(range(2019, 2019 + len(values)))
    stated = {year: value for year, value in zip(years, values, strict=True) if value is not None}
    for text in both(lambda: narration.course(years, values)):
        assert is_clean(text)
        assert bool(text) == (len(stated) >= 3)
        if text and len(set(stated.values())) > 1:
            assert str(max(stated, key=stated.get)) in text


@pytest.mark.parametrize(
    ("values", "english"),
    [
        ([100, 100, 5], "The highest years are 2022 and 2023, with $100 each; the lowest, 2024, with $5."),
        ([5, 100, 5], "The highest year is 2023, with $100; the lowest, 2022 and 2024, with $5 each."),
        ([5, 100, 7], "The highest year is 2023, with $100; the lowest, 2022, with $5."),
    ],
)
def test_years_that_are_level_are_all_named(values, english):
    with translation.override("en"):
        assert narration.course([2022, 2023, 2024], [D(value) for value in values]) == english


@given(st.dictionaries(st.sampled_from(["approved", "modified", "accrued", "paid"]), money))
def test_cycle_is_told_only_of_what_is_stated(values):
    names = {key: key.title() for key in values}
    for text in both(lambda: narration.cycle(values, names)):
        assert is_clean(text)
        assert bool(text) == (sum(value is not None for value in values.values()) >= 2)


@given(st.tuples(money, money))
def test_deviation_says_over_only_where_more_was_done(pair):
    planned, done = pair
    with translation.override("en"):
        text = sentences.deviation(Part("Modified", planned), Part("Accrued", done))
    assert is_clean(text)
    if planned is not None and done is not None:
        assert (" more were " in text) == (done > planned)
        assert ("Exactly" in text) == (done == planned != 0)
        assert ("both zero" in text) == (done == planned == 0)


@pytest.mark.parametrize(
    ("accrued", "paid", "said"),
    [
        (D(5_000_000), D(5_000_000), "Todo lo devengado ya se pagó."),
        (D(5_000_000), D(3_000_000), "Quedaron 2.0\u00a0mdp devengados y todavía sin pagar."),
        (D(3_000_000), D(5_000_000), "Se pagó más de lo devengado"),
        (D(-1), D(5), None),
        (D(0), D(0), None),
        (None, D(5), None),
    ],
)
def test_what_is_owed(accrued, paid, said):
    with translation.override("es-mx"):
        text = narration.cycle({"accrued": accrued, "paid": paid}, {"accrued": "Devengado", "paid": "Pagado"})
    assert (said in text) if said else ("pagar" not in text and "ya se pagó" not in text)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([], ""),
        ([("A", D(0), D(0))], ""),
        ([("A", D(1), D(1))], "En cada rubro lo devengado es exactamente lo modificado."),
        ([("A", D(2), D(1))], "En 1 rubro lo devengado quedó por debajo de lo modificado."),
        (
            [("A", D(2), D(1)), ("B", D(2), D(1)), ("C", D(1), D(2))],
            "En 2 rubros lo devengado quedó por debajo de lo modificado. "
            "En 1 rubro lo devengado quedó por encima de lo modificado.",
        ),
    ],
)
def test_headings_under_and_over_their_plan_are_counted(parts, said):
    with translation.override("es-mx"):
        assert narration.deviations(parts, "Modificado", "Devengado", RUBROS) == said


@pytest.mark.parametrize(
    ("up", "down", "said"),
    [
        (None, None, "Nada cambió contra 2023, ya descontada la inflación"),
        (("Obra", D(2_000_000)), None, "Nada bajó contra 2023; lo que más subió: Obra, 2.0\u00a0mdp"),
        (None, ("Deuda", D(-500)), "Nada subió contra 2023; lo que más bajó: Deuda, $500"),
        (
            ("Obra", D(100)),
            ("Deuda", D(-500)),
            "Lo que más bajó contra 2023: Deuda, $500; lo que más subió: Obra, $100",
        ),
    ],
)
def test_most_changed(up, down, said):
    with translation.override("es-mx"):
        assert sentences.most_changed(up, down, 2023) == said


@given(st.decimals(0, 500, places=2), st.decimals(0, 500, places=2) | st.none())
def test_pace_is_ahead_or_behind_as_the_numbers_are(now, before):
    with translation.override("en"):
        text = narration.pace(now, before, 2024)
    assert is_clean(text)
    if before is not None and abs(now - before) >= 1:
        assert ("ahead" in text) == (now > before)
        assert ("behind" in text) == (now < before)


@given(st.decimals(0, 10**9, places=2), st.decimals(0, 10**9, places=2), st.decimals(0, 10**9, places=2))
def test_own_revenue_never_tells_more_than_100_pesos(own, transferred, borrowed):
    whole = own + transferred + borrowed
    for text in both(lambda: sentences.own_revenue(own, transferred, whole)):
        assert is_clean(text)
        numbers = [int(found) for found in re.findall(r"\b(\d+)\b", text)]
        assert all(found <= 100 for found in numbers)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([D(17), D(12)], "Obra: de 17% del total en 2019 a 12% en 2020"),
        ([D("17.2"), D("17.4")], "Obra: la misma parte del total, 17% en 2020"),
        ([None, D(12)], "Solo se ha publicado 2020: con un solo año"),
    ],
)
def test_share_trend(values, said):
    with translation.override("es-mx"):
        assert sentences.share_trend("Obra", [2019, 2020], values)[:30] == said[:30]


@pytest.mark.parametrize(
    ("names", "spanish", "english"),
    [
        ([], "", ""),
        (["Derechos"], "Derechos", "Derechos"),
        (["Derechos", "Impuestos"], "Derechos e Impuestos", "Derechos and Impuestos"),
        (["A", "B", "Inversión pública"], "A, B e Inversión pública", "A, B and Inversión pública"),
        (["A", "Hidalgo"], "A e Hidalgo", "A and Hidalgo"),
        (["A", "Íntegra"], "A e Íntegra", "A and Íntegra"),
        (["A", "Hierro"], "A y Hierro", "A and Hierro"),
        (["A", "Ionización"], "A y Ionización", "A and Ionización"),
        (["A", "Yucatán"], "A y Yucatán", "A and Yucatán"),
    ],
)
def test_names_in_a_row(names, spanish, english):
    assert both(lambda: sentences.listed(names)) == [spanish, english]


def test_one_rises_and_several_rise():
    some = [("Derechos", D(5)), ("Impuestos", D(3))]
    with translation.override("es-mx"):
        assert narration.changes(some[:1], []) == "También subió: Derechos (+$5)."
        assert narration.changes([], [(name, -value) for name, value in some]) == (
            "También bajaron: Derechos (−$5) e Impuestos (−$3)."
        )


@pytest.mark.parametrize(
    ("stated", "asked", "spanish"),
    [
        ([], 1, "no publica lo que se necesita para esto"),
        ([], 2, "ninguno publica lo que se necesita para esto"),
        ([("Torreón", D(5))], 1, "5% en Torreón"),
        ([("Torreón", D(5))], 2, "solo Torreón publica lo que se necesita para esto, con 5%"),
        ([("Torreón", D(5)), ("Mérida", D("5.1"))], 2, "todos van parejos, con 5%"),
        ([("A", D(9)), ("B", D(9)), ("Isla", D(9)), ("C", D(1))], 4, "A, B e Isla van parejos arriba, con 9%"),
        ([("A", D(9)), ("C", D(1))], 3, "A es el más alto, con 9%; C, el más bajo, con 1%"),
        ([("A", D(9)), ("B", D(1)), ("C", D(1))], 3, "A es el más alto, con 9%; B y C van parejos abajo, con 1%"),
        ([("A", D(9)), ("B", D(9))], 3, "los que lo publican van parejos, con 9%"),
    ],
)
def test_who_is_at_both_ends(stated, asked, spanish):
    with translation.override("es-mx"):
        assert sentences.highest(stated, sentences.percent, asked) == spanish


@pytest.mark.parametrize(
    ("told", "spanish"),
    [
        ((None, None, None, None), ""),
        ((D(5061), None, None, None), "En 2024 gastó $5,061 por habitante."),
        (
            (D(5061), D(38), D("0.4"), D(12)),
            "En 2024 gastó $5,061 por habitante. De cada 100 pesos destinó 38 a sueldos y menos de 1 a inversión pública. "
            "De cada 100 pesos contratados con procedimiento declarado asignó 12 sin concurso.",
        ),
        (
            (D(1), D(-3), D(5), D(0)),
            "En 2024 gastó $1 por habitante. De cada 100 pesos contratados con procedimiento declarado asignó 0 sin concurso.",
        ),
    ],
)
def test_a_municipality_in_a_paragraph(told, spanish):
    with translation.override("es-mx"):
        assert narration.gist(2024, *told) == spanish


@pytest.mark.parametrize(
    ("spent", "works", "direct", "planned", "spanish"),
    [
        ((D(5), None), (D(1), D(2)), (D(1), D(2)), False, ""),
        (
            (D(5256), D(3308)),
            (D(14), D(17)),
            (None, D(2)),
            False,
            "Torreón gasta $1,948 más por habitante que Saltillo e invierte una parte menor en obra pública.",
        ),
        (
            (D(1), D(4)),
            (D(20), D(17)),
            (D(62), D(41)),
            True,
            "Torreón planea gastar $3 menos por habitante que Saltillo, invierte una parte mayor en obra pública y asigna "
            "una parte mayor sin concurso.",
        ),
        (
            (D(4), D("4.2")),
            (D(20), D("20.3")),
            (None, None),
            False,
            "Torreón gasta lo mismo por habitante que Saltillo.",
        ),
    ],
)
def test_one_held_against_another(spent, works, direct, planned, spanish):
    with translation.override("es-mx"):
        assert narration.held_against("Torreón", "Saltillo", spent, works, direct, planned=planned) == spanish


@given(money, money, money, money, st.booleans())
def test_paragraphs_leave_no_slot_open(one, two, three, four, planned):
    for text in both(lambda: narration.gist(2024, one, two, three, four)):
        assert is_clean(text)
    for text in both(
        lambda: narration.held_against("A", "B", (one, two), (three, four), (two, three), planned=planned)
    ):
        assert is_clean(text)
        assert bool(text) == (one is not None and two is not None)


@pytest.mark.parametrize(
    ("years", "spanish"),
    [
        ([], ""),
        ([2001], "2001"),
        ([2001, 2002], "2001 y 2002"),
        ([2001, 2002, 2003], "2001 a 2003"),
        ([1999, 2003, 2001, 2002, 2007], "1999, 2001 a 2003 y 2007"),
    ],
)
def test_years_in_a_row_are_told_by_the_first_and_the_last(years, spanish):
    with translation.override("es-mx"):
        assert narration.years_in_a_row(years) == spanish


def test_a_year_that_is_not_over_has_not_stayed_below_its_plan():
    planned, done = Part("Modificado", D(9_000_000)), Part("Devengado", D(2_000_000))
    with translation.override("es-mx"):
        assert sentences.deviation(planned, done, "enero a marzo") == (
            "Lo devengado va 7.0\u00a0mdp por debajo de lo modificado, enero a marzo"
        )
        assert sentences.deviation(
            done._replace(name="Modificado"), planned._replace(name="Devengado"), "enero a marzo"
        ) == ("Lo devengado rebasó en 7.0\u00a0mdp lo modificado")
        parts = [("A", D(2), D(1)), ("B", D(1), D(2))]
        assert narration.deviations(parts, "Modificado", "Devengado", RUBROS, is_over=False) == (
            "En 1 rubro lo devengado quedó por encima de lo modificado."
        )


@pytest.mark.parametrize(
    ("count", "direct", "spanish"),
    [
        (1, 1, "Un solo contrato, sin concurso."),
        (1, 0, "Un solo contrato."),
        (6, 0, "6 contratos, ninguno sin concurso."),
        (140, 86, "140 contratos, 86 de ellos sin concurso."),
    ],
)
def test_contracts_are_counted_in_words(count, direct, spanish):
    with translation.override("es-mx"):
        assert gist.contracts(count, direct) == spanish


@pytest.mark.parametrize(
    ("counts", "english"),
    [
        ((1, 0, 1), "1 contract, which does not state its procedure."),
        ((3, 0, 3), "3 contracts, which do not state their procedure."),
        ((3, 0, 1), "3 contracts: 0 without competition, 1 that does not state its procedure."),
        ((9, 4, 2), "9 contracts: 4 without competition, 2 that do not state their procedure."),
    ],
)
def test_contracts_without_a_procedure_are_counted_apart(counts, english):
    with translation.override("en"):
        assert gist.contracts(*counts) == english


def test_deviations_in_english_name_what_is_counted():
    parts = [("A", D(2), D(1)), ("B", D(1), D(2)), ("C", D(1), D(3))]
    with translation.override("en"):
        told = narration.deviations(parts, "Modified", "Accrued", narration.Noun("unit", "units"))
    assert told == (
        "In 1 unit less was accrued than the modified amount. In 2 units more was accrued than the modified amount."
    )
