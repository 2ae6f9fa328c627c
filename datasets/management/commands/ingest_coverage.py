"""`manage.py ingest_coverage FOLDER… [--output FILE]`: how far the published files there are understood by themselves."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from datasets.file_coverage import files_in, look_at, page


class Command(BaseCommand):
    help = "Take every file of a folder through the pipeline, undo it, and write what was understood as Markdown."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folders", nargs="+", type=Path, help="published files; folders in them are searched too")
        parser.add_argument("--output", type=Path, help="where to write; without it, standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in options["folders"]:
            if not folder.is_dir():
                raise CommandError(f"{folder} is no directory.")
        files, told = files_in(options["folders"]), []
        for number, one in enumerate(look_at(files), 1):
            told.append(one)
            self.stderr.write(f"{number}/{len(files)} {one.name}: {one.end}")
        text = page(told)
        if options["output"]:
            options["output"].write_text(text)
        else:
            self.stdout.write(text)
