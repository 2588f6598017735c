"""A space gets a sign, and later another one."""

from datetime import timedelta

import pytest

from app import transaction
from app.checkins import codes, queries, steps
from app.checkins.models import Sign
from app.errors import NotFound
from app.places.models import Town
from app.spaces.models import Space


@pytest.fixture
def space(db):
    town = Town(ags="05558012", slug="beispiel", name="Beispiel")
    db.session.add(town)
    db.session.flush()
    space = Space(slug="ort", name="Ort", town_id=town.id)
    noise = Space(slug="anderer", name="Anderer Ort", town_id=town.id)
    db.session.add_all([space, noise])
    db.session.commit()
    return space


@transaction.write
def _hang(*, space_id, now):
    return steps.new_sign(space_id, now)


def test_a_new_sign_can_be_read_in_both_forms(space, now):
    sign = _hang(space_id=space.id, now=now)
    origin = "https://nahplatz.example"
    assert queries.sign_of(space.id) == sign
    assert sign.address(origin) == f"HTTPS://NAHPLATZ.EXAMPLE/C/{sign.code}"
    assert codes.read(sign.address(origin), origin) == codes.Reading("sign", sign.code)
    assert codes.read(sign.printed, origin) == codes.Reading("short", sign.short_code)


def test_a_space_without_a_sign_has_none(space):
    assert queries.sign_of(space.id) is None


def test_the_old_sign_is_replaced_and_still_known(space, now, db):
    old = _hang(space_id=space.id, now=now)
    new = _hang(space_id=space.id, now=now + timedelta(days=3))
    assert (old.epoch, new.epoch) == (1, 2)
    assert queries.sign_of(space.id) == new
    kept = db.session.get(Sign, old.id)
    assert (kept.code, kept.replaced_at) == (old.code, now + timedelta(days=3))
    assert queries.sign_hashes([space.id])[space.id].long == (codes.hash_of(new.code), codes.hash_of(old.code))


def test_a_new_sign_tells_phones_to_fetch(space, now, db):
    before = space.version
    _hang(space_id=space.id, now=now)
    db.session.expire_all()
    assert space.version == before + 1
    assert {each.version for each in db.session.query(Space).filter(Space.id != space.id)} == {1}


def test_a_code_that_is_taken_is_drawn_again(space, now, monkeypatch):
    first = _hang(space_id=space.id, now=now)
    same_short_form = first.code[:8] + codes.draw()[8:]
    fresh = codes.draw()
    draws = iter([first.code, same_short_form, fresh])
    monkeypatch.setattr(codes, "draw", lambda: next(draws))
    assert _hang(space_id=space.id, now=now).code == fresh


def test_an_unknown_space_gets_no_sign(space, now):
    with pytest.raises(NotFound):
        _hang(space_id=space.id + 100, now=now)
