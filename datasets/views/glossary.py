"""`/glosario/`: what the words of public money mean."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from datasets.glossary import WORDS
from gesoc.common.text import sort_key


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    words = sorted(WORDS, key=lambda word: sort_key(str(word.name)))
    return render(request, "datasets/glossary.html", {"words": words})
