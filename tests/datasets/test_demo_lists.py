"""The demo's lists, and its examples of what is not finished: each shows what it is there to show."""

import pytest

from datasets import packages
from datasets.demo.load import SAID
from datasets.demo.waiting import load_waiting
from datasets.demo.write_files import FILES
from datasets.ingest import pipeline
from datasets.models import Ingest, Package, Watch
from tests.datasets.files import member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "kind", "rows"),
    [
        ("torreon_obras_2024.csv", "works", 24),
        ("torreon_deuda_2024.csv", "debt", 2),
        ("contraloria_ejemplo_sancionados_2024.csv", "sanctions", 3),
    ],
)
def test_lists_are_published_whole(ingest, name, kind, rows):
    done = ingest(FILES / name, publish=True, **SAID[name])
    assert (done.status, done.kind, done.rows_loaded, done.rows_rejected) == ("published", kind, rows, 0)


def test_what_waits_is_handed_in_once(territory):
    user, organisation = member("coordinacion")
    organisation.slug = "laguna-abierta"
    organisation.save()
    assert load_waiting()
    load = pipeline.run_ingest(Ingest.objects.get().pk)
    assert (load.status, load.rows_rejected, load.rejects_too_many) == ("ready", 7, True)
    package = Package.objects.get()
    ends = [pipeline.run_ingest(one.pk).status for one in packages.unpack(package)]
    assert ends == ["ready", "needs_mapping"]
    assert package.members.filter(state="left_out").count() == 2
    watch = Watch.objects.get()
    assert (watch.state, watch.steward, watch.organisation) == ("paused", user, organisation)
    assert [one.outcome for one in watch.fetches.all()] == ["new", "unchanged", "failed", "unchanged"]
    assert not load_waiting()
