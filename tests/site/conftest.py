import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests import factories

NOTTULN = {"ags": "05558032", "lat": 51.928018, "lon": 7.352893}
DUELMEN = {"ags": "05558016", "lat": 51.828537, "lon": 7.279146}
SENDEN = {"ags": "05558044", "lat": 51.857701, "lon": 7.485434}


@pytest.fixture
def county(db):
    """Three towns with a bookable space each, and one in Dülmen of which little is known. Returns spaces by slug."""
    duelmen = factories.make_town("Dülmen", slug="duelmen", **DUELMEN)
    nottuln = factories.make_town("Nottuln", **NOTTULN)
    senden = factories.make_town("Senden", **SENDEN)
    made = [
        factories.make_space("gleis", name="Gleis 3", town=duelmen, lat=51.83, lon=7.28, price_cents=1000),
        factories.make_space("kontor", name="Kontor", town=nottuln, lat=51.93, lon=7.35, is_sample=True),
        factories.make_space("werkhof", name="Werkhof", town=senden, lat=51.86, lon=7.49),
        factories.make_space("campus", name="Campus", town=duelmen, seats=0, hours={}, status="Stand unbekannt"),
    ]
    return {space.slug: space for space in made}


class Page:
    """An answer, with its HTML read."""

    def __init__(self, response):
        self.response = response
        self.status = response.status_code
        self.html = BeautifulSoup(response.text, "html.parser")

    @property
    def words(self):
        return " ".join(self.html.get_text(" ").split())

    def texts(self, selector):
        return [" ".join(found.get_text(" ").split()) for found in self.html.select(selector)]

    def card(self, name):
        """The card of a place, by its heading."""
        return next(card for card in self.html.select(".place") if card.select_one("h2, h3").get_text().strip() == name)


@pytest.fixture
def get(client: FlaskClient):
    """Open a page as a visitor."""
    return lambda address, **more: Page(client.get(address, **more))
