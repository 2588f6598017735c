"""An invoice as an example."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.billing.document import Buyer, Document, Line, Seller

SELLER = Seller(
    id="bueros",
    name="Beispiel-Büros eG",
    address="Beispielweg 1",
    plz="48301",
    town="Nottuln",
    contact="Hana Host",
    email="post@bueros.example",
    phone="02502 000",
    tax_id="333/5678/1234",
    vat_id="DE136695976",
    iban="DE89370400440532013000",
)
BUYER = Buyer(
    id="beispiel",
    name="Beispiel & Söhne <GmbH>",
    street="Werkstraße 2",
    plz="48653",
    town="Coesfeld",
    email="rechnung@beispiel.example",
    vat_id=None,
    leitweg_id=None,
)
DESK = Line("Alte Schule", "desk", "standard", is_share=False, units=37, cents=35_150)
INVOICE = Document(
    number="BB-00001",
    kind="invoice",
    corrects=None,
    issued_on=date(2026, 12, 15),
    due_on=date(2026, 12, 29),
    first_on=date(2026, 11, 1),
    last_on=date(2026, 11, 30),
    seller=SELLER,
    buyer=BUYER,
    lines=(DESK,),
)
# All of it taken back again, so that nothing is owed.
NOTHING = replace(INVOICE, lines=(DESK, replace(DESK, units=-DESK.units, cents=-DESK.cents)))
