"""What a lock screen shows: short, of use, and nothing that others should not read over a shoulder."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.i18n import LANGUAGES
from app.messages import parcels, queries
from app.messages.push import MOST_BYTES
from app.messages.steps import writing
from app.messages.topics import CHECK_IN, EVENING, HOUR, TOPIC_OF, TRIAL
from tests.conftest import ROOT
from tests.messages.test_texts import BOOKING, PAYLOADS

KINDS = [*TOPIC_OF, TRIAL]
NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


def _parcel(kind, language="de", *, number=1, made_at=NOW, expires_at=None, now=NOW, **more):
    payload = writing._plain({**PAYLOADS.get(kind, ({},))[0], **more})
    message = queries.Claimed(number, kind, "", language, payload, made_at, 1, expires_at=expires_at)
    return parcels.compose(message, now=now)


def _shown(*args, **more):
    return json.loads(_parcel(*args, **more).body)


def test_every_topic_can_come_to_a_phone():
    pushes = {path.name.partition(".")[0] for path in (ROOT / "templates" / "messages").glob("*.push.txt")}

    assert pushes == set(KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_short_whole_and_neutral(app, kind, language):
    parcel = _parcel(kind, language, name="Ana Beispiel")
    shown = json.loads(parcel.body)

    assert 5 < len(shown["title"]) <= 50
    assert len(shown["body"]) <= 120
    assert len(parcel.body) <= MOST_BYTES
    for word in ("Ana", "Am Markt", "Hinter der Kirche", "None", "{{", "%("):
        assert word not in shown["title"] + shown["body"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_tap_stays_with_us(app, kind):
    shown = _shown(kind)

    assert shown["url"].startswith("/")
    assert all(each["url"].startswith("/") and "{" not in each["url"] for each in shown["actions"])
    assert len(shown["actions"]) <= 2


def test_one_for_each_booking_and_kind(app):
    tags = {_shown(kind, number=number)["tag"] for kind in (EVENING, HOUR, CHECK_IN) for number in (1, 2)}
    topics = {_parcel(kind, number=number).topic for kind in (EVENING, HOUR, CHECK_IN) for number in (1, 2)}

    assert (len(tags), len(topics)) == (3, 3)
    assert all(str(BOOKING["uuid"]) in tag for tag in tags)


def test_two_of_what_is_about_no_booking_are_two(app):
    made = [NOW, NOW + timedelta(seconds=1)]

    assert len({_shown("employment_offered", made_at=each)["tag"] for each in made}) == 2


def test_it_lives_as_long_as_it_is_of_use(app):
    end = NOW + timedelta(hours=13)
    parcel = _parcel(EVENING, expires_at=end)

    assert parcel.ttl == 13 * 3600
    assert json.loads(parcel.body)["until"] == round(end.timestamp() * 1000)
    assert _parcel("booking_made").ttl == 24 * 3600
    assert _parcel("booking_made", now=NOW + timedelta(days=3)).ttl == 0
