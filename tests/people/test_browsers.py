"""Two browsers of one test stay two: a check of the ground the other tests stand on."""

import pytest

from app import access


@pytest.fixture
def app(own_app):
    """This test adds a view."""
    return own_app


def test_signing_one_person_in_leaves_the_other_alone(as_, app):
    @access.public
    def _who():
        return access.current().name

    app.add_url_rule("/who", "who", _who)
    ana, ben = as_("ana"), as_("ben")
    assert ana.get("/who").text == "Ana Beispiel"
    assert ben.get("/who").text == "Ben Beispiel"
    assert ana.get("/who").text == "Ana Beispiel"
