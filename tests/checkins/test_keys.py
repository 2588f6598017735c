"""The keys that sign passes: made in time, kept in files, and never changed under a pass that is still good."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import select

from app.checkins import keys, operations, passes, queries
from app.checkins.models import PassKey
from app.checkins.operations import keys as making
from tests.phones import ORIGIN

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def folder(app):
    return app.config["NAHPLATZ"].keys_dir


@pytest.fixture
def run(app):
    """Run the command; returns click's result."""
    return lambda *options: app.test_cli_runner().invoke(args=["checkins", "keys", *options])


def _known(live):
    """What hosts' devices hold."""
    return {key.kid: key.public_key for key in live}


def _address(signer, start):
    """Sign a pass as of a booking of two hours from `start`."""
    number = int(start.timestamp() // 60)
    content = passes.Pass(signer.current.kid, uuid.uuid4().bytes[8:], 7, 1, number, 120)
    return passes.address(content, signer.key, ORIGIN)


def _sign_in_time(folder, start, now):
    return _address(queries.signer(folder, ORIGIN, now=now), start)


def _refused(address, live):
    return passes.check(address, ORIGIN, _known(live)).verdict != "valid"


def test_the_first_call_makes_a_key_that_signs_and_the_next_one(folder, now):
    first = operations.make_keys(folder=folder, now=now)

    assert [(key.kid, key.valid_from) for key in first] == [(0, now), (1, now + making.ROTATION)]
    assert operations.make_keys(folder=folder, now=now + DAY) == first
    assert queries.signer(folder, ORIGIN, now=now).current == first[0]


def test_private_halves_are_files_that_only_the_service_may_read_and_never_rows(folder, now, db):
    live = operations.make_keys(folder=folder, now=now)
    files = [keys.file_of(folder, key.kid, key.public_key) for key in live]

    assert sorted(folder.iterdir()) == sorted(files)
    assert [path.stat().st_mode & 0o777 for path in [folder, *files]] == [0o700, 0o400, 0o400]
    columns = set(PassKey.__table__.columns.keys())
    assert columns == {"kid", "public_key", "made_at", "valid_from", "retired_at"}
    for key, row in zip(live, db.session.scalars(select(PassKey).order_by(PassKey.kid)), strict=True):
        number = keys.load(folder, key.kid, key.public_key).private_numbers().private_value
        assert len(row.public_key) == 64
        assert number.to_bytes(32, "big") not in row.public_key


def test_row_41_passes_signed_before_noon_and_after_it_are_good_when_the_key_changes_at_noon(folder, now):
    """Also for a host's device that fetched its keys in the morning and is offline since."""
    _, following = operations.make_keys(folder=folder, now=now)
    noon = following.valid_from
    morning = queries.live_keys()
    before = _sign_in_time(folder, noon + timedelta(hours=3), noon - SECOND)
    after = _sign_in_time(folder, noon + timedelta(hours=3), noon)
    operations.make_keys(folder=folder, now=noon)

    assert passes.read(before, ORIGIN).content.kid != passes.read(after, ORIGIN).content.kid
    for live in (morning, queries.live_keys()):
        assert not _refused(before, live)
        assert not _refused(after, live)
    assert len(queries.live_keys()) == 3


def _live_through(folder, begin, days):
    """Let days pass; every day the night's work runs and passes are signed for as long ahead as they may live.

    Returns how many passes were refused before they ended, and the most keys at a time.
    """
    open_passes, refused, most = [], 0, 0
    for day in range(days):
        now = begin + day * DAY
        live = operations.make_keys(folder=folder, now=now)
        most = max(most, len(live))
        current = queries.current_key(live, now)
        assert [key for key in live if key.valid_from > now], "hosts know the next key before it signs"
        assert now < current.valid_from + making.ROTATION
        ends_at = now + queries.LIFE
        open_passes.append((_sign_in_time(folder, ends_at - timedelta(hours=2), now), ends_at))
        open_passes = [each for each in open_passes if each[1] >= now]
        refused += sum(_refused(address, live) for address, _ in open_passes)
    return refused, most


def test_row_41_in_more_than_a_year_no_pass_is_refused_before_it_ends(folder, now):
    assert _live_through(folder, now, 17 * making.ROTATION.days + 3) == (0, 3)
    assert {key.kid for key in queries.live_keys()} <= {0, 1, 2}, "ids are used again after all 16"


def test_row_41_control_a_key_that_is_retired_when_its_successor_begins_takes_passes_with_it(folder, now, monkeypatch):
    monkeypatch.setattr(making, "LIFE", timedelta(0))
    monkeypatch.setattr(making, "MARGIN", timedelta(0))
    refused, _ = _live_through(folder, now, making.ROTATION.days + 3)

    assert refused > 10


def test_a_key_that_nobody_made_in_time_waits_until_hosts_know_it(folder, now):
    first, second = operations.make_keys(folder=folder, now=now)
    late = second.valid_from + 300 * DAY
    live = operations.make_keys(folder=folder, now=late)

    assert live[0] == second, "the first one is long over"
    assert live[1].valid_from == late + making.NOTICE
    assert not keys.file_of(folder, first.kid, first.public_key).exists()


def test_new_keys_after_the_files_were_lost_leave_passes_good(folder, now):
    operations.make_keys(folder=folder, now=now)
    address = _sign_in_time(folder, now + DAY, now)
    for path in folder.iterdir():
        path.unlink()
    live = operations.replace_keys(folder=folder, is_leaked=False, now=now + SECOND)

    assert [key.valid_from for key in live] == [now, now + SECOND, now + SECOND + making.ROTATION]
    assert not _refused(address, live)
    assert queries.signer(folder, ORIGIN, now=now + timedelta(minutes=5)).current == live[1]


def test_new_keys_after_a_leak_make_hosts_refuse_what_the_old_ones_signed(folder, now, db):
    operations.make_keys(folder=folder, now=now)
    address = _sign_in_time(folder, now + DAY, now)
    live = operations.replace_keys(folder=folder, is_leaked=True, now=now + SECOND)

    assert passes.check(address, ORIGIN, _known(live)).verdict == "unknown_key"
    assert [key.valid_from for key in live] == [now + SECOND, now + SECOND + making.ROTATION]
    assert len(list(folder.iterdir())) == 2
    assert len(db.session.scalars(select(PassKey)).all()) == 4


def _pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        (b"", "no private key"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "no private key"),
        (_pem(ec.generate_private_key(ec.SECP256R1())), "another key"),
        (_pem(ec.generate_private_key(ec.SECP384R1())), "another key"),
        (_pem(ed25519.Ed25519PrivateKey.generate()), "another key"),
    ],
    ids=["missing", "empty", "broken", "other", "other curve", "other kind"],
)
def test_a_file_that_cannot_be_used_is_logged_with_what_to_do_and_passes_stay_away(folder, now, content, words, caplog):
    current = operations.make_keys(folder=folder, now=now)[0]
    path = keys.file_of(folder, current.kid, current.public_key)
    kept = path.read_bytes()
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    signer = queries.signer(folder, ORIGIN, now=now)

    assert (signer.key, signer.name) == (None, "x")
    [record] = caplog.records
    assert words in record.message
    assert "Copy the folder" in record.message
    assert "flask checkins keys --new" in record.message
    # Asked again at once it does not fill the log; a minute later it has found the file.
    path.unlink(missing_ok=True)
    path.write_bytes(kept)
    assert queries.signer(folder, ORIGIN, now=now + 59 * SECOND).key is None
    assert queries.signer(folder, ORIGIN, now=now + 60 * SECOND).current == current
    assert len(caplog.records) == 1


def test_without_any_key_the_log_says_how_to_make_one(folder, now, caplog):
    assert queries.signer(folder, ORIGIN, now=now).current is None
    assert "flask checkins keys" in caplog.text


def test_two_machines_that_make_the_same_id_never_take_one_key_for_the_other(folder):
    one, other = keys.make(folder, 3), keys.make(folder, 3)

    assert one != other
    assert passes.public_half(keys.load(folder, 3, one)) == one
    assert passes.public_half(keys.load(folder, 3, other)) == other
    with pytest.raises(FileExistsError):
        keys.file_of(folder, 3, one).open("x")


def test_a_signer_keeps_what_it_made_only_while_the_key_is_the_same(folder, now):
    live = operations.make_keys(folder=folder, now=now)
    first = queries.signer(folder, ORIGIN, now=now)
    first.made[passes.Pass(0, bytes(8), 1, 1, 1, 1)] = "kept"

    assert queries.signer(folder, ORIGIN, now=now + timedelta(minutes=5)).made == first.made
    assert queries.signer(folder, ORIGIN, now=live[1].valid_from).made == {}
    assert replace(first, current=None).name == "x"


def test_the_command_makes_and_lists_keys(run, folder, now):
    done = run()

    assert (done.exit_code, len(list(folder.iterdir()))) == (0, 2)
    assert done.output.splitlines() == [
        "key 0: signs, from 2026-11-23 07:00 UTC",
        "key 1: signs next, from 2026-12-21 07:00 UTC",
    ]
    assert run().output == done.output


def test_the_command_fails_when_a_file_is_missing_here(run, folder, now):
    run()
    for path in folder.iterdir():
        path.unlink()
    done = run()

    assert done.exit_code == 1
    assert done.output.count("No such file") == 2
    assert f"Copy what is missing into {folder}" in done.output


def test_the_command_makes_new_keys_when_it_is_told_to(run, folder, now):
    run()
    operations.make_keys(folder=folder, now=datetime(2026, 11, 23, 8, tzinfo=UTC))

    assert "key 2: signs, from" in run("--new").output
    assert run("--leaked").exit_code == 2
    assert "is still read" not in run("--new", "--leaked").output
