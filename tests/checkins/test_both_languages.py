"""Server and phone read alike whatever they are shown: generated inputs go to both, and neither fails on any."""

import contextlib
import json
import string
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.checkins import codes, passes
from app.checkins.records import Arrival
from app.checkins.schemas import answer, reading
from app.checkins.timing import Clocks
from app.errors import DomainError
from tests import node
from tests.conftest import ROOT

SIGNS = json.loads((ROOT / "tests" / "vectors" / "codes.json").read_text("utf-8"))
PASSES = json.loads((ROOT / "tests" / "vectors" / "passes.json").read_text("utf-8"))
ORIGINS = st.sampled_from(
    ["https://nahplatz.example", "http://localhost:8000", "http://[::1]:8000", "https://kreis.example:8443"]
)
KNOWN = [row for row in PASSES["keys"] if row["kid"] in PASSES["known"]]
KEYS = {row["kid"]: bytes.fromhex(row["public_key"]) for row in KNOWN}
# What addresses are made of, what people and clipboards put between, and what looks like something else.
PIECES = [
    *[
        "https://",
        "HTTP://",
        "https:",
        "nahplatz.example",
        "NAHPLATZ.EXAMPLE",
        "localhost:8000",
        "[::1]:8000",
        "evil.example",
    ],
    *["/c/", "/C/", "/p/", "/P/", "/", "//", "?", "#", "@", ":", ".", "\\", "%2f", ":443", ":80"],
    *[
        "-",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\0",
        "\u00a0",
        "\u202f",
        "\u2013",
        "\u2212",
        "\ufeff",
        "\u2028",
        "\ud800",
        "\U0001f4ba",
    ],
    *["\u212a", "\u017f", "\u0131", "\u0130", "\u00df", "\uff11", "\u0663", "I", "l", "O", "U", "0", "G"],
    *[row["code"] for row in SIGNS["codes"][:6]],
    *[row["short"] for row in SIGNS["codes"][:6] if row["short"]],
    *[row["address"][-140:] for row in PASSES["passes"][:4]],
    *[row["address"][-140:].lower() for row in PASSES["passes"][:2]],
]
TEXTS = (
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
    | st.text(max_size=60)
    | st.text(codes.DIGITS + codes.DIGITS.lower() + "-ILO ", max_size=24)
    | st.text(string.printable, max_size=60)
)


@pytest.fixture(scope="module")
def other():
    """The other language, one process for all inputs."""
    with node.reader() as reader:
        assert reader.ask("keys", KNOWN) == len(KNOWN)
        yield reader


def _edited(data, text):
    """Change a text as cameras, people and forgers do: drop, double, replace or turn the case of some characters."""
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, max(len(text) - 1, 0)))
        new = data.draw(
            st.sampled_from(["", text[place : place + 1].swapcase(), text[place : place + 1] * 2, *PIECES[:40]])
        )
        text = text[:place] + new + text[place + 1 :]
    return text


def _scanned(text, origin):
    """What the camera may make of a text, as the server would say it: only a whole address counts."""
    is_address = text.strip(codes.AROUND)[:6].lower().startswith(("http:", "https:"))
    return codes.read(text, origin) if is_address else codes.FOREIGN


@settings(max_examples=100)
@given(st.lists(TEXTS, min_size=1, max_size=8), ORIGINS)
@example(["http\u017f://nahplatz.example/c/00WVZRRVBX8JJTKHD3T0", "\ud800", ""], "https://nahplatz.example")
def test_signs_are_read_alike(other, texts, origin):
    ours = [codes.read(text, origin) for text in texts]
    assert other.ask("signs", texts, origin) == [{"verdict": each.verdict, "code": each.code} for each in ours]
    ours = [_scanned(text, origin) for text in texts]
    assert other.ask("scans", texts, origin) == [{"verdict": each.verdict, "code": each.code} for each in ours]


@settings(max_examples=150)
@given(st.data())
def test_signs_that_were_changed_a_little_are_read_alike(other, data):
    row = data.draw(st.sampled_from(SIGNS["texts"]))
    text, origin = _edited(data, row["text"]), row.get("origin", SIGNS["origin"])
    ours = codes.read(text, origin)
    assert other.ask("signs", [text], origin) == [{"verdict": ours.verdict, "code": ours.code}]


@settings(max_examples=250)
@given(st.data())
def test_passes_are_read_and_proved_alike(other, data):
    row = data.draw(st.sampled_from(PASSES["texts"]))
    text = data.draw(TEXTS | st.just(_edited(data, row["text"])))
    origin = row.get("origin", PASSES["origin"])
    ours = passes.check(text, origin, KEYS)
    assert other.ask("passes", [text], origin) == [{"verdict": ours.verdict, "content": _content(ours.content)}]


def _content(content):
    if content is None:
        return None
    names = {"start_minute": "startMinute"}
    values = {names.get(name, name): getattr(content, name) for name in passes.Pass.__slots__}
    return values | {"booking": content.booking.hex()}


UUIDS = st.uuids(version=4).map(str)
# From the first second of computers to the last one that the server takes for a moment.
MOMENTS = st.integers(0, 29_348_000_000_000)
NUMBERS = st.integers(1, 2**31 - 1)
RUNNING = st.integers(0, 2**53)
# No half of a pair alone: cameras and keyboards give whole characters.
WRITTEN = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


def _iso(milliseconds):
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)).isoformat(timespec="milliseconds")


SERVER_TIMES = st.none() | st.fixed_dictionaries(
    {"at": MOMENTS.map(_iso), "boot": UUIDS, "boot_ms": st.integers(0, 2**53)},
)
SCANS = st.fixed_dictionaries(
    {
        "phone": st.fixed_dictionaries({"device": UUIDS, "seq": NUMBERS, "serverTime": SERVER_TIMES}),
        "scan": st.fixed_dictionaries(
            {"kind": st.sampled_from(["check_in", "check_out"]), "code": WRITTEN, "booking": st.none() | UUIDS}
        ),
        "at": MOMENTS,
        "ms": RUNNING,
    }
)


@settings(max_examples=100)
@given(st.lists(SCANS, min_size=1, max_size=5))
def test_whatever_the_phone_records_the_server_reads(other, scans):
    raw = other.ask("batch", scans)
    envelope, entries = reading.read(raw.encode(), str(uuid.uuid4()))

    assert str(envelope.device) == scans[0]["phone"]["device"]
    assert envelope.pending == len(entries) == len(scans)
    for scan, entry in zip(scans, entries, strict=True):
        event = entry.event
        assert event is not None, entry.body
        assert (event.seq, event.code, event.kind) == (scan["phone"]["seq"], scan["scan"]["code"], scan["scan"]["kind"])
        assert event.captured_at == datetime.fromisoformat(_iso(scan["at"]))
        assert event.boot_ms == scan["ms"]


JSONS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "verdict", "schema", "verdicts", "x"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=100)
@given(st.lists(UUIDS, min_size=1, max_size=5, unique=True), st.data())
def test_the_phone_lets_go_of_exactly_what_an_answer_of_ours_names(other, sent, data):
    """Of the server's answers and of what is nearly one; whatever else comes in its place, nothing is let go."""
    moment = datetime(2026, 11, 23, 7, tzinfo=UTC)
    arrival = Arrival(1, uuid.uuid4(), Clocks(moment, "boot", 0), 0, False, "https://nahplatz.example", moment)
    named = data.draw(st.lists(st.sampled_from(sent), min_size=1, unique=True))
    body = json.loads(
        json.dumps(answer.answer(arrival, [answer.verdict(name, None, None) for name in named], [], None))
    )
    place = data.draw(st.sampled_from(["schema", "server_time", "verdicts"]))
    damaged = {
        **body,
        place: data.draw(st.none() | st.booleans() | st.text(max_size=8).filter(lambda text: not text.isdigit())),
    }
    answers = [body, damaged, data.draw(JSONS)]
    told = other.ask("answers", [{"status": 200, "body": each, "sent": sent} for each in answers])

    assert told == [named, "retry", "retry"]


@settings(max_examples=150)
@given(JSONS | st.fixed_dictionaries({"schema": st.just(1), "device": UUIDS, "events": st.lists(JSONS, max_size=4)}))
def test_no_json_makes_the_reader_of_batches_fail(body):
    """It is read, or refused with a sentence."""
    with contextlib.suppress(DomainError):
        _, entries = reading.read(json.dumps(body).encode(), str(uuid.uuid4()))
        assert len(entries) == len(body["events"])


def test_control_a_reader_that_differs_by_one_letter_is_found(other, monkeypatch):
    monkeypatch.setattr(codes, "_LOOKALIKES", str.maketrans("IL", "11"))
    text = SIGNS["codes"][0]["code"].replace("0", "O")

    assert other.ask("signs", [text], SIGNS["origin"]) != [
        {"verdict": each.verdict, "code": each.code} for each in [codes.read(text, SIGNS["origin"])]
    ]
