"""Spaces as open data: for everybody, from everywhere, cheap to ask again."""

from datetime import date

import pytest

from tests import factories

JSON, GEOJSON = "/api/v1/spaces", "/api/v1/spaces.geojson"


def test_spaces_are_told_with_what_is_known(client, county):
    factories.make_closure(county["gleis"], date(2026, 12, 24), date(2026, 12, 31), reason="Weihnachten")
    answer = client.get(JSON)
    assert answer.status_code == 200
    found = {space["slug"]: space for space in answer.get_json()["spaces"]}
    gleis = found["gleis"]
    assert (gleis["name"], gleis["town"], gleis["seats"], gleis["is_bookable"]) == ("Gleis 3", "Dülmen", 3, True)
    assert gleis["hours"]["mo"] == ["08:00", "13:00", "18:00"]
    assert "sa" not in gleis["hours"]
    assert gleis["closures"] == [{"first_on": "2026-12-24", "last_on": "2026-12-31", "reason": "Weihnachten"}]
    assert gleis["link"] == "http://localhost/orte/gleis"
    assert found["kontor"]["is_sample"]
    campus = found["campus"]
    assert [campus[name] for name in ("seats", "hours", "lat", "price_cents", "address")] == [None] * 5
    assert not campus["is_bookable"]


def test_no_way_in_is_told(client, county):
    assert all("arrival" not in space for space in client.get(JSON).get_json()["spaces"])


def test_geojson_has_points_and_says_where_it_does_not_know(client, county):
    answer = client.get(GEOJSON)
    assert answer.content_type == "application/geo+json"
    body = answer.get_json(force=True)
    assert body["type"] == "FeatureCollection"
    features = {feature["id"]: feature for feature in body["features"]}
    assert features["gleis"]["geometry"] == {"type": "Point", "coordinates": [7.28, 51.83]}
    assert features["campus"]["geometry"] is None
    assert features["gleis"]["properties"]["name"] == "Gleis 3"


@pytest.mark.parametrize("address", [JSON, GEOJSON])
def test_other_sites_may_read_it_and_ask_whether_it_changed(client, county, address):
    first = client.get(address)
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    same = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data, same.headers["Access-Control-Allow-Origin"]) == (304, b"", "*")
    factories.make_closure(county["gleis"], date(2026, 12, 24))
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize("address", [JSON, GEOJSON])
def test_it_answers_before_anything_is_known(client, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", [JSON, GEOJSON])
def test_it_cannot_be_written(client, address):
    assert client.post(address, json={}, headers={"Nahplatz-Client": "1"}).status_code == 405


def test_both_are_described(client):
    paths = client.get("/api/v1/openapi.json").get_json()["paths"]
    assert "application/json" in paths[JSON]["get"]["responses"]["200"]["content"]
    assert "application/geo+json" in paths[GEOJSON]["get"]["responses"]["200"]["content"]
