"""Headings of exports whose columns have English names: ``approved_amt``, ``award_date``, ``contractor``."""

from __future__ import annotations

import re

_PHRASES = {"tax id": "rfc", "start date": "fecha inicio", "end date": "fecha termino", "due date": "fecha vencimiento"}
#: What such a word is called in our rules, which take words in any order.
WORDS = {
    "accrued": "devengado",
    "address": "ubicacion",
    "agency": "ente",
    "amended": "modificado",
    "amount": "monto",
    "amt": "monto",
    "approved": "aprobado",
    "area": "area",
    "award": "adjudicacion",
    "awarded": "adjudicado",
    "awardee": "adjudicatario",
    "balance": "saldo",
    "budget": "presupuesto",
    "buyer": "comprador",
    "cd": "clave",
    "chapter": "capitulo",
    "code": "clave",
    "collected": "recaudado",
    "committed": "comprometido",
    "concept": "concepto",
    "contract": "contrato",
    "contracted": "contratado",
    "contractor": "contratista",
    "cost": "costo",
    "creditor": "acreedor",
    "curr": "moneda",
    "currency": "moneda",
    "date": "fecha",
    "dept": "dependencia",
    "department": "dependencia",
    "desc": "descripcion",
    "description": "descripcion",
    "dt": "fecha",
    "end": "termino",
    "entity": "ente",
    "estimated": "estimado",
    "exercised": "ejercido",
    "expenditure": "gasto",
    "financial": "financiero",
    "fiscal": "fiscal",
    "fund": "fondo",
    "funding": "financiamiento",
    "id": "id",
    "income": "ingreso",
    "interest": "interes",
    "item": "partida",
    "location": "ubicacion",
    "lender": "acreedor",
    "maturity": "vencimiento",
    "max": "maximo",
    "maximum": "maximo",
    "method": "metodo",
    "min": "minimo",
    "minimum": "minimo",
    "modified": "modificado",
    "municipality": "municipio",
    "name": "nombre",
    "no": "numero",
    "num": "numero",
    "number": "numero",
    "object": "objeto",
    "original": "original",
    "paid": "pagado",
    "pct": "porcentaje",
    "percent": "porcentaje",
    "physical": "fisico",
    "proc": "procedimiento",
    "procedure": "procedimiento",
    "procurement": "contratacion",
    "program": "programa",
    "programme": "programa",
    "progress": "avance",
    "project": "proyecto",
    "purpose": "destino",
    "rate": "tasa",
    "revenue": "ingreso",
    "signature": "firma",
    "signed": "firmado",
    "source": "fuente",
    "spent": "ejercido",
    "start": "inicio",
    "state": "estado",
    "status": "estatus",
    "subject": "objeto",
    "supplier": "proveedor",
    "tax": "impuesto",
    "term": "plazo",
    "title": "objeto",
    "total": "total",
    "type": "tipo",
    "unit": "unidad",
    "value": "valor",
    "vendor": "proveedor",
    "with": "con",
    "without": "sin",
    "work": "obra",
    "year": "ano",
    "yr": "ano",
}
_OWN_WORDS = frozenset(word for own in _PHRASES.values() for word in own.split())
_FILLER = frozenset({"of", "the", "in", "mxn"})


def in_spanish(folded: str) -> str:
    """The heading in the words of our rules; empty where a word of it is none of these, or all are Spanish as well."""
    text = " ".join(re.findall(r"[a-z]+", folded))
    for phrase, own in _PHRASES.items():
        text = re.sub(rf"\b{phrase}\b", own, text)
    words = [word for word in text.split() if word not in _FILLER]
    if not all(word in WORDS or word in _OWN_WORDS for word in words):
        return ""
    spanish = " ".join(WORDS.get(word, word) for word in words)
    return "" if spanish == folded else spanish
