"""Long lists are counted no further than somebody leafs through."""

import pytest

from gesoc.common.pages import BoundedPaginator, CountedPaginator
from partners.models import User
from tests.factories.partners import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("people", "count", "said", "pages"), [(2, 2, "2", 1), (3, 3, "3", 2), (4, 3, "más de 3", 2), (9, 3, "más de 3", 2)]
)
def test_no_more_rows_are_counted_than_wanted(people, count, said, pages, django_assert_num_queries):
    UserFactory.create_batch(people)
    paginator = BoundedPaginator(User.objects.order_by("pk"), 2, far=3)
    with django_assert_num_queries(1) as queries:
        assert (paginator.count, paginator.count_said, paginator.num_pages) == (count, said, pages)
    assert "LIMIT 4" in queries[0]["sql"]


def test_known_number_is_not_counted_again(django_assert_num_queries):
    with django_assert_num_queries(0):
        paginator = BoundedPaginator(User.objects.order_by("pk"), 50, known=1_234_567, far=3)
        assert (paginator.count, paginator.count_said, paginator.num_pages) == (1_234_567, "1,234,567", 24_692)


@pytest.mark.parametrize("people", [1, 2, 5, 6, 7])
def test_pages_read_from_the_end_hold_what_pages_read_from_the_beginning_hold(people):
    UserFactory.create_batch(people)
    rows = User.objects.order_by("full_name", "pk")
    paginator = CountedPaginator(rows, 2, known=people)
    assert [[*page] for page in paginator] == [[*rows[start : start + 2]] for start in range(0, people, 2)]


def test_the_last_page_skips_no_row(django_assert_num_queries):
    UserFactory.create_batch(7)
    with django_assert_num_queries(1) as queries:
        assert len([*CountedPaginator(User.objects.order_by("pk"), 2, known=7).get_page(99)]) == 1
    assert "DESC LIMIT 1" in queries[0]["sql"]
    assert "OFFSET" not in queries[0]["sql"]
