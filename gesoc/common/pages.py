"""Pages of long lists without counting them to the end."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from gesoc.common import money

FAR = 5_000  # rows that one leafs through; who wants more narrows the list or downloads it


class CountedPaginator(Paginator):
    """Of rows whose number is known already. The second half is read from the end: the last page costs what the first does.

    The rows have to stand in a full order, down to their key.
    """

    def __init__(self, *args: Any, known: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known

    @cached_property
    def count(self) -> int:
        return self.known if self.known is not None else super().count

    def page(self, number: Any) -> Page[Any]:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        end = min(start + self.per_page, self.count)
        rows: Any = self.object_list
        if start < self.count / 2:
            return Page(rows[start:end], number, self)
        last = rows.reverse()[self.count - end : self.count - start]
        return Page([*reversed(last)], number, self)


class BoundedPaginator(Paginator):
    """Counts no further than `far` rows, unless the number is known from elsewhere."""

    def __init__(self, *args: Any, known: int | None = None, far: int = FAR, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known, self.far = known, far

    @cached_property
    def found(self) -> int:
        """The number of rows, or one more than `far` where there are more than that."""
        if self.known is not None:
            return self.known
        rows: Any = self.object_list
        return int(rows.order_by()[: self.far + 1].count())

    @cached_property
    def count(self) -> int:
        return self.found if self.known is not None else min(self.found, self.far)

    @property
    def has_more(self) -> bool:
        return self.known is None and self.found > self.far

    @property
    def count_said(self) -> str:
        number = money.number(self.count)
        return _("more than %(number)s") % {"number": number} if self.has_more else number
