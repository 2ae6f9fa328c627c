"""What the import commands share: a file, a summary, and a plain sentence instead of a traceback."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from municipalities.importers import Imported
from municipalities.tables import UnreadableFile

SHOWN = 10


class ImportCommand(BaseCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def load(self, path: Path, **options: Any) -> Imported:
        raise NotImplementedError

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            report = self.load(file, **options)
        except UnreadableFile as problem:
            raise CommandError(str(problem)) from problem
        for line in self.summary(report):
            self.stdout.write(line)

    def summary(self, report: Imported) -> list[str]:
        lines = [_("Figures loaded: %(n)d.") % {"n": report.loaded}]
        if report.unpublished:
            lines.append(_("Left out, because 0 or blank means not published: %(n)d.") % {"n": report.unpublished})
        if report.other_kind:
            lines.append(_("Left out, because they belong to no metropolitan zone: %(n)d.") % {"n": report.other_kind})
        if report.incomplete:
            years = ", ".join(map(str, report.incomplete))
            lines.append(_("Years without their twelve months, left out: %(years)s.") % {"years": years})
        if report.unknown:
            codes = ", ".join(report.unknown[:SHOWN])
            said = {"n": len(report.unknown), "codes": codes}
            lines.append(_("Left out, because no municipality has the code: %(n)d (%(codes)s).") % said)
        return lines
