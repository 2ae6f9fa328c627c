"""The privacy notice that comes with the code. Written by us, to be reviewed by counsel before it is relied upon."""

from __future__ import annotations

import datetime

from partners.models import PrivacyNotice

VERSION = "2026-1"
SHORT_ES = (
    "GESOC trata tu nombre, medios de contacto y organización para invitarte y acompañarte en diálogos y proyectos con "
    "datos públicos. Lo demás es voluntario y puedes decir que no. Puedes ver, corregir o borrar tus datos, u oponerte, "
    "en esta misma plataforma."
)
SHORT_EN = (
    "GESOC uses your name, contact details and organisation to invite you to, and keep you informed about, dialogues and "
    "projects with public data. Anything else is voluntary and you can say no. You can see, correct or erase your data, or "
    "object to their use, on this platform."
)
FULL_ES = """Quién es responsable
Gestión Social y Cooperación, A.C. (GESOC), que opera Mesa de Datos.

Qué datos tratamos
Nombre, correo, teléfono, municipio, idioma, la organización a la que perteneces y tu cargo; tu participación en \
diálogos y proyectos. No pedimos datos sensibles.

Para qué los necesitamos
Para tenerte en el directorio de contactos de la red, invitarte a diálogos, confirmar tu lugar, avisarte de \
cambios y dar seguimiento a los compromisos en los que participas.

Qué es voluntario
Enviarte novedades, resúmenes y avisos de que cambió una cifra que usas: cada uno de esos correos trae un enlace \
para dejar de recibirlos con un clic. En cada diálogo tú decides, al apuntarte, si tu nombre puede aparecer entre \
quienes participan; la casilla no viene marcada.

Con quién los compartimos
Tus datos de contacto los ven GESOC, quien te registró como contacto y quien coordina tu organización. \
Quienes organizan un diálogo ven lo necesario para recibirte. No los entregamos a nadie más, salvo a quien opera por \
encargo el correo y los servidores. Bajo la regla de Chatham House no se publica quién estuvo ni qué dijo.

Cuánto tiempo los guardamos
Mientras participes en la red o en sus diálogos, o hasta que pidas borrarlos. El texto de los correos se borra \
después de un año, las listas importadas después de una semana y lo que necesitabas para participar en un diálogo, \
treinta días después. Si pides borrar tus datos, queda la cuenta de tu participación, sin tu nombre.

Tus derechos
Puedes pedir acceso, rectificación, cancelación u oposición, y retirar tu consentimiento, en la página de \
privacidad; te respondemos por correo. Si no estás de acuerdo con la respuesta puedes acudir a la Secretaría \
Anticorrupción y Buen Gobierno.

Cambios
Cada versión lleva número y fecha; las anteriores se conservan.

Fundamento
Ley Federal de Protección de Datos Personales en Posesión de los Particulares (DOF, 20 de marzo de 2025). Texto \
redactado por el equipo de la plataforma, pendiente de revisión jurídica."""
FULL_EN = """Who is responsible
Gestión Social y Cooperación, A.C. (GESOC), which runs Mesa de Datos.

Which data we use
Name, e-mail, phone, municipality, language, your organisation and position; your part in dialogues and \
projects. We ask for no sensitive data.

What we need them for
To keep you in the network's directory of contacts, invite you to dialogues, confirm your place, tell you of \
changes and follow the commitments you take part in.

What is voluntary
Sending you news, digests and notes that a figure you use has changed: each of these mails carries a link that \
stops them in one click. In every dialogue you decide, when you register, whether your name may appear among those who \
take part; the box is not ticked beforehand.

With whom we share them
Your contact details are seen by GESOC, by whoever added you as a contact and by those who coordinate your organisation. \
Those who run a dialogue see what they need to receive you. We give them to nobody else, except to whoever runs mail \
and servers on our behalf. Under the Chatham House rule we do not publish who was there or who said what.

How long we keep them
While you take part in the network or its dialogues, or until you ask to erase them. The text of mails is erased \
after a year, imported lists after a week, and what you needed to take part in a dialogue thirty days after it. If you \
ask to erase your data, the count of your taking part stays, without your name.

Your rights
You can ask for access, correction, erasure or objection, and withdraw your consent, on the privacy page; we answer by mail. \
If you disagree with the answer you can turn to the Secretaría Anticorrupción y Buen Gobierno.

Changes
Every version has a number and a date; earlier ones are kept.

Legal basis
Ley Federal de Protección de Datos Personales en Posesión de los Particulares (DOF, 20 March 2025). Written by \
the platform's team, awaiting legal review."""
PURPOSES = {
    "es-mx": [
        {"code": "contacto", "text": "Estar en el directorio de contactos de la red", "necessary": True},
        {"code": "dialogos", "text": "Invitarte a diálogos y avisarte de cambios", "necessary": True},
        {"code": "novedades", "text": "Recibir novedades y resúmenes por correo", "necessary": False},
    ],
    "en": [
        {"code": "contacto", "text": "Be in the network's directory of contacts", "necessary": True},
        {"code": "dialogos", "text": "Be invited to dialogues and told of changes", "necessary": True},
        {"code": "novedades", "text": "Receive news and digests by mail", "necessary": False},
    ],
}


def ensure_notices() -> bool:
    """Load the first notice where there is none of this version; whether anything was done. Later ones are GESOC's."""
    changed = False
    for language, short, full in (("es-mx", SHORT_ES, FULL_ES), ("en", SHORT_EN, FULL_EN)):
        _notice, created = PrivacyNotice.objects.get_or_create(
            version=VERSION,
            language=language,
            defaults={
                "short_text": short,
                "full_text": full,
                "purposes": PURPOSES[language],
                "effective_from": datetime.date(2026, 1, 1),
            },
        )
        changed = changed or created
    return changed
