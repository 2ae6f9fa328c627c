"""The guiding questions come with the reference data, and stay as GESOC edits them."""

import pytest

from datasets import reference
from projects.models import GuidingQuestion

pytestmark = pytest.mark.django_db


def test_questions_come_with_the_reference_data_and_edited_ones_stay():
    reference.load_added()
    assert GuidingQuestion.objects.count() == 6
    GuidingQuestion.objects.filter(order=1).update(text="¿Qué prometieron?")
    GuidingQuestion.objects.filter(order=6).delete()
    reference.load_added()
    assert list(GuidingQuestion.objects.order_by("order").values_list("order", flat=True)) == [1, 2, 3, 4, 5]
    assert GuidingQuestion.objects.get(order=1).text == "¿Qué prometieron?"
