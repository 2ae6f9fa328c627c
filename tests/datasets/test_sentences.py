from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from datasets import sentences
from datasets.sentences import Part

D = Decimal
MDP = D(1_000_000)


def parts(*values):
    return [Part(name, None if value is None else D(value)) for name, value in zip("ABCDEFGH", values, strict=False)]


@pytest.mark.parametrize(
    ("given", "spanish", "english"),
    [
        (parts(), "Todavía no hay gasto publicado", "No expenditure published yet"),
        (parts(None, None), "Todavía no hay gasto publicado", "No expenditure published yet"),
        (parts(0, 0), "Las cifras publicadas suman cero", "The published figures add up to zero"),
        (parts(5_000_000, 0), "Todo está en A: 5.0\u00a0mdp", "All of it is in A: 5.0 million pesos"),
        (
            parts(36, 21, 43),
            "De cada 100 pesos, 43 van a C y 36 a A",
            "Of every 100 pesos, 43 go to C and 36 to A",
        ),
        (parts(1000, 5), "De cada 100 pesos, más de 99 van a A y menos de 1 a B", None),
        (parts(500, 500, 1), "A y B van parejos: $500 cada uno", "A and B are level: $500 each"),
        (
            parts(500, -20),
            "La cifra mayor es A, $500; hay otras negativas",
            "The largest figure is A, $500; there are negative ones",
        ),
        ([Part(f"U{n}", D(1)) for n in range(79)] + [Part("Z", D("1.2"))], "La parte mayor es Z: $1", None),
    ],
)
def test_spending_says_what_the_parts_carry(given, spanish, english):
    with translation.override("es-mx"):
        assert sentences.spending(given) == spanish
    if english:
        with translation.override("en"):
            assert sentences.spending(given) == english


def test_income_names_where_it_comes_from():
    with translation.override("es-mx"):
        assert sentences.income(parts(80, 20)) == "De cada 100 pesos, 80 vienen de A y 20 de B"
        assert sentences.income([]) == "Todavía no hay ingresos publicados"


@pytest.mark.parametrize(
    ("values", "real", "spanish"),
    [
        ([None, None, None], True, "No hay cifras para comparar entre años"),
        ([None, D(5), None], True, "Solo se ha publicado 2020: con un año no hay rumbo"),
        ([D(100), None, D(109)], True, "Gasto: 9% más en 2021 que en 2019, ya descontada la inflación"),
        ([D(100), D(1), D(69)], True, "Gasto: 31% menos en 2021 que en 2019, ya descontada la inflación"),
        ([D(100), None, D(131)], False, "Gasto: 31% más en 2021 que en 2019, sin descontar la inflación"),
        ([D(100), None, D(69)], False, "Gasto: 31% menos en 2021 que en 2019, sin descontar la inflación"),
        ([D(1000), None, D(1019)], True, "Gasto: casi sin cambio entre 2019 y 2021"),
        ([D(0), None, D(5)], True, "Gasto: de $0 en 2019 a $5 en 2021"),
        ([D(-3), None, D(5)], True, "Gasto: de −$3 en 2019 a $5 en 2021"),
    ],
)
def test_trend_compares_first_and_last_stated_year(values, real, spanish):
    with translation.override("es-mx"):
        assert sentences.trend("Gasto", [2019, 2020, 2021], values, real=real) == spanish


@pytest.mark.parametrize(
    ("planned", "done", "english"),
    [
        (D(100), D(22), "Of every 100 pesos approved, 22 were accrued"),
        (D(100), D(1), "Of every 100 pesos approved, 1 was accrued"),
        (D(100), D("0.2"), "Of every 100 pesos approved, less than 1 was accrued"),
        (D(100), D(0), "Of every 100 pesos approved, 0 were accrued"),
        (D(100), D(118), "118 pesos accrued for every 100 approved"),
        (D(100), D(100), "Exactly the approved amount was accrued"),
        (D(1000), D(999), "Of every 100 pesos approved, more than 99 were accrued"),
        (D(0), D(5), "$5 accrued, $0 approved"),
        (D(100), D(-5), "−$5 accrued, $100 approved"),
        (None, D(5), "The file does not state both approved and accrued"),
        (D(5), None, "The file does not state both approved and accrued"),
    ],
)
def test_execution(planned, done, english):
    with translation.override("en"):
        assert sentences.execution(Part("Approved", planned), Part("Accrued", done)) == english


@pytest.mark.parametrize(
    ("given", "spanish"),
    [
        ([("A", D(9)), ("B", D(66)), ("C", D(20))], "De B va el 66% de lo aprobado; de A, el 9%"),
        ([("A", D("104.9")), ("B", D(104))], "Todo va parejo: 105% de lo aprobado"),
        ([("A", D(50))], "Todo va parejo: 50% de lo aprobado"),
        ([("A", D(-5)), ("B", D(0))], "De B va el 0% de lo aprobado; de A, el −5%"),
    ],
)
def test_progress(given, spanish):
    with translation.override("es-mx"):
        assert sentences.progress(given, "Aprobado") == spanish


@pytest.mark.parametrize(
    ("direct", "whole", "spanish"),
    [
        (D(62), D(100), "62 de cada 100 pesos se asignaron sin concurso"),
        (D(1), D(100), "1 de cada 100 pesos se asignó sin concurso"),
        (D("0.2"), D(100), "Menos de 1 de cada 100 pesos se asignó sin concurso"),
        (D("1.5"), D(100), "2 de cada 100 pesos se asignaron sin concurso"),
        (D(0), D(100), "Nada se asignó sin concurso"),
        (D(100), D(100), "Todo se asignó sin concurso"),
        (D(5), None, "Los contratos publicados no dicen montos"),
        (None, D(100), "Los contratos publicados no dicen montos"),
        (D(0), D(0), "Las cifras publicadas suman cero"),
        (D(150), D(100), "Hay montos negativos entre los contratos: no se dicen partes del dinero"),
        (D(-50), D(100), "Hay montos negativos entre los contratos: no se dicen partes del dinero"),
    ],
)
def test_direct_awards_by_amount(direct, whole, spanish):
    with translation.override("es-mx"):
        assert sentences.direct_awards(direct, whole) == spanish


@pytest.mark.parametrize(
    ("direct", "whole", "spanish"),
    [
        (0, 0, "Todavía no hay contratos publicados"),
        (1, 1, "El único contrato se asignó sin concurso"),
        (57, 57, "Los 57 contratos se asignaron sin concurso"),
        (0, 3, "Ningún contrato se asignó sin concurso"),
        (1, 3, "1 de 3 contratos se asignó sin concurso"),
        (2, 3, "2 de 3 contratos se asignaron sin concurso"),
    ],
)
def test_direct_awards_by_number(direct, whole, spanish):
    with translation.override("es-mx"):
        assert sentences.direct_count(direct, whole) == spanish


@pytest.mark.parametrize(
    ("amounts", "whole", "spanish"),
    [
        ([], D(100), "Los contratos publicados no dicen a quién se le pagó cuánto"),
        ([None], D(100), "Los contratos publicados no dicen a quién se le pagó cuánto"),
        ([D(5)], None, "Los contratos publicados no dicen a quién se le pagó cuánto"),
        ([D(50)], D(100), "Un proveedor recibe 50 de cada 100 pesos"),
        ([D(30), None, D(18)], D(100), "Los 2 proveedores mayores reciben 48 de cada 100 pesos"),
        ([D(100)], D(100), "Un solo proveedor recibe todo"),
        ([D(70), D(20), D(10)], D(100), "De 3 proveedores, el mayor recibe 70 de cada 100 pesos"),
        ([D(0)], D(0), "Las cifras publicadas suman cero"),
        ([D(120), D(-20)], D(100), "Hay montos negativos entre los contratos: no se dicen partes del dinero"),
        ([D(100), D(50)], D(100), "Hay montos negativos entre los contratos: no se dicen partes del dinero"),
    ],
)
def test_largest_suppliers(amounts, whole, spanish):
    with translation.override("es-mx"):
        assert sentences.largest_suppliers(amounts, whole) == spanish


@pytest.mark.parametrize(
    ("mine", "middle", "count", "in_pesos", "spanish"),
    [
        (6000, 4000, 43, True, "50% arriba de la mediana de sus 43 pares en 2024: $4,000."),
        (3000, 4000, 1043, True, "25% abajo de la mediana de sus 1,043 pares en 2024: $4,000."),
        (5427, 5210, 43, True, "Cerca de la mediana de sus 43 pares en 2024: $5,210."),
        (5, 0, 43, True, "La mediana de sus 43 pares en 2024 es $0."),
        (D("62.4"), D("46.6"), 5, False, "15 puntos arriba de la mediana de sus 5 pares en 2024: 47%."),  # 62 and 47
        (D("45.6"), D("46.6"), 5, False, "1 punto abajo de la mediana de sus 5 pares en 2024: 47%."),
        (D("46.5"), D("47.4"), 5, False, "Cerca de la mediana de sus 5 pares en 2024: 47%."),
        (0, 0, 5, False, "Cerca de la mediana de sus 5 pares en 2024: 0%."),
        (0, None, 4, False, "Solo 4 de sus pares lo publican de 2024: muy pocos para una mediana."),
        (0, None, 1, True, "Solo 1 de sus pares lo publica de 2024: muy pocos para una mediana."),
        (0, None, 0, True, "Ninguno de sus pares lo publica de 2024: no hay mediana."),
    ],
)
def test_beside_median(mine, middle, count, in_pesos, spanish):
    middle = None if middle is None else D(middle)
    with translation.override("es-mx"):
        assert sentences.beside_median(D(mine), middle, count, 2024, in_pesos=in_pesos) == spanish


@given(
    st.decimals("-1e9", "1e9", places=2),
    st.none() | st.decimals("-1e9", "1e9", places=2),
    st.integers(0, 2500),
    st.booleans(),
)
def test_median_is_above_or_below_as_the_numbers_are(mine, middle, count, in_pesos):
    with translation.override("en"):
        text = sentences.beside_median(mine, middle, count, 2024, in_pesos=in_pesos)
    assert text.endswith(".")
    assert "%(" not in text
    assert "None " not in text or (middle is None and not count)
    if middle is None:
        assert "too few" in text or "no median" in text
    else:
        assert "above" not in text or mine > middle
        assert "below" not in text or mine < middle
        far = abs(mine - middle) >= (middle * D("0.05") if in_pesos else 1)
        if far and (middle > 0 or not in_pesos):
            assert ("above" in text) == (mine > middle)
            assert ("below" in text) == (mine < middle)


@given(st.lists(st.none() | st.decimals(min_value="-1e12", max_value="1e12", places=2), max_size=12))
def test_every_composition_has_a_sentence(values):
    given_parts = [Part(f"P{index}", value) for index, value in enumerate(values)]
    for language in ("es-mx", "en"):
        with translation.override(language):
            for say in (sentences.spending, sentences.income):
                sentence = say(given_parts)
                assert sentence
                assert "%(" not in sentence
                assert "None" not in sentence
