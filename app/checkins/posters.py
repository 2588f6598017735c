"""The sign as a PDF to print: A4, then A5, with QR code, short code and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import qrcode

from app import clock, i18n, typesetting
from app.checkins.queries.signs import SignFacts
from app.spaces.queries import SpaceFacts

TEMPLATE = Path(__file__).parent / "sign.typ"
QUIET_ZONE = 4


@dataclass(frozen=True)
class Poster:
    """What hangs at which door. `public_url` is the address that the code opens."""

    space: SpaceFacts
    sign: SignFacts
    public_url: str

    def pdf(self) -> bytes:
        """Return the PDF. The same sign gives the same bytes, in whichever process and on whichever day.

        Refuses: `typesetting.TypesettingError`.
        """
        return typesetting.pdf(TEMPLATE, self._data(), made_at=self.sign.made_at)

    def _data(self) -> dict[str, object]:
        return {
            "name": self.space.name,
            "town": self.space.town_name,
            "badge": i18n.gettext("Beispiel") if self.space.is_sample else None,
            "svg": _svg(self.sign.address(self.public_url)),
            "short": self.sign.printed,
            "language": i18n.language(),
            "texts": self._texts(),
        }

    def _texts(self) -> dict[str, object]:
        host = urlsplit(self.public_url).netloc
        made_on = clock.local_day(self.sign.made_at, self.space.timezone)
        return {
            "title": i18n.gettext("Schild: %(name)s", name=self.space.name),
            "headline": i18n.gettext("Hier einchecken"),
            "alternative": i18n.gettext("QR-Code zum Einchecken"),
            "typed": i18n.gettext("Ohne Kamera: tippe diesen Code in der App ein"),
            "steps": [
                i18n.gettext("Öffne Nahplatz auf deinem Telefon und tippe auf „Einchecken“."),
                i18n.gettext("Halte die Kamera auf das Muster oben, bis es erkannt ist."),
                i18n.gettext("Fertig. Das geht auch ohne Netz: Wir übertragen es später."),
            ],
            "iphone": i18n.gettext("iPhone: bitte in der App scannen, nicht mit der Kamera des Telefons."),
            "booking": i18n.gettext("Noch kein Platz gebucht? %(host)s", host=host),
            "edition": i18n.gettext(
                "Schild %(number)s vom %(day)s",
                number=self.sign.epoch,
                day=i18n.format_day(made_on, i18n.gettext("d.M.yyyy")),
            ),
        }


def _svg(address: str) -> str:
    """Draw the QR code as one path: neighbouring squares of one path leave no hairlines between them."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET_ZONE)
    # In one piece, an address in capitals takes the dense alphabet: 61 characters fit into version 3.
    code.add_data(address, optimize=0)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(
        f"M{column} {row}h1v1h-1z" for row, line in enumerate(rows) for column, is_dark in enumerate(line) if is_dark
    )
    size = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path d="{path}"/></svg>'
    )


def sign_pdf(space: SpaceFacts, sign: SignFacts, public_url: str) -> bytes:
    """Return the sign of a space as a PDF. Refuses: `typesetting.TypesettingError`."""
    return Poster(space, sign, public_url).pdf()
