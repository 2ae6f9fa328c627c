"""Files as publishers print them, and the way from bytes to a finished reading without a worker."""

import io

from datasets import services
from datasets.ingest import pipeline
from tests.factories.datasets import MunicipalityFactory
from tests.factories.partners import GesocFactory, MembershipFactory

HEADINGS = "Capítulo,Concepto,Aprobado,Modificado,Devengado,Pagado\n"
ROWS = (
    '1000,Servicios personales,"1,000.00","1,100.00",500.00,400.00\n'
    "2000,Materiales y suministros,300.00,300.00,100.50,100.50\n"
    "3000,Servicios generales,200.00,250.00,99.50,0.00\n"
)
BAD_ROW = "4000,Transferencias,por definir,10.00,5.00,5.00\n"
ABOUT = {"municipality": "05035", "year": 2024, "period": "annual", "document": "public_account"}

# A national format without the institution: its rows sign with an acronym and cite addresses of a government.
SIPOT = (
    "Ejercicio,Fecha de inicio del periodo que se informa,Fecha de término del periodo que se informa,Clave del capítulo,"
    "Denominación del capítulo,Gasto aprobado por capítulo,Gasto pagado por capítulo,Hipervínculo al estado analítico,"
    "Área(s) responsable(s) que genera(n) posee(n) publica(n) y actualizan la información\n"
)
SIGNED = (
    "2023,01/01/2023,31/03/2023,1000,Servicios personales,{a},40.00,http://{host}/armctb/2.pdf,Finanzas (CEAJ)\n"
    "2023,01/01/2023,31/03/2023,2000,Materiales y suministros,50.00,4.00,http://transparencia.{state}.gob.mx/x.pdf,"
    "Recursos Materiales (CEAJ); Contabilidad (CEAJ)\n"
)


def signed(a="100.00", state="jalisco", host="ceaj.jalisco.gob.mx"):
    return SIPOT + SIGNED.format(a=a, state=state, host=host)


def upload(text, *, name="gasto.csv", by=None, organisation=None, publish=False, **said):
    """Receive the bytes and read them now, as the worker would."""
    MunicipalityFactory()
    data = text if isinstance(text, bytes) else text.encode()
    file = services.register_file(stream=io.BytesIO(data), name=name, by=by, organisation=organisation)
    started = services.prepare_ingest(file=file, options=services.ingest_options(**said), by=by, publish=publish)
    ingest = pipeline.run_ingest(started.ingest.pk)
    ingest.refresh_from_db()
    return ingest


def published(text=HEADINGS + ROWS, **more):
    return upload(text, by=GesocFactory(), publish=True, **(ABOUT | more))


def member(role="miembro"):
    """Somebody of an organisation, and the organisation."""
    membership = MembershipFactory(role=role)
    return membership.user, membership.organisation
