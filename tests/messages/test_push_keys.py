"""The key by which push services know us: made once, for nobody else to read, never replaced unasked."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.config import ConfigError
from app.messages import vapid


@pytest.fixture
def settings(app):
    return app.config["NAHPLATZ"]


@pytest.fixture
def run(app):
    return lambda *words: app.test_cli_runner().invoke(args=["push", "keys", *words])


def _mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def _write(path, private):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o400)


def test_without_a_file_there_is_no_key(settings):
    assert vapid.load(settings) is None


def test_the_command_makes_a_key_that_only_we_can_read(run, settings):
    done = run()

    path, key = vapid.file_of(settings), vapid.load(settings)
    assert (done.exit_code, path.name, path.parent) == (0, "push.pem", settings.keys_dir)
    assert (_mode(path), _mode(path.parent)) == (0o400, 0o700)
    assert done.output == f"push key made, its public half is {key.public}\n"
    point = base64.urlsafe_b64decode(key.public + "=")
    assert (len(point), point[0], len(key.public)) == (65, 4, 87)
    assert ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point) == key.private.public_key()
    assert [each.name for each in path.parent.iterdir()] == ["push.pem"]


def test_a_second_run_keeps_the_key(run, settings):
    run()
    before = vapid.file_of(settings).read_bytes()

    done = run()

    assert done.output == f"push key kept, its public half is {vapid.load(settings).public}\n"
    assert vapid.file_of(settings).read_bytes() == before


def test_a_new_key_is_asked_for_and_says_what_it_costs(run, settings):
    run()
    before = vapid.load(settings).public

    done = run("--new")

    after = vapid.load(settings).public
    assert after != before
    assert done.output.splitlines()[0].endswith(after)
    assert "until they allow it again" in done.output
    assert _mode(vapid.file_of(settings)) == 0o400
    assert "all phones must allow messages again" in " ".join(run("--help").output.split())


def test_of_several_who_make_it_at_once_one_wins(settings):
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: vapid.make(settings).public, range(32)))

    assert set(made) == {vapid.load(settings).public}
    assert [each.name for each in settings.keys_dir.iterdir()] == ["push.pem"]


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o644, 0o420, 0o401])
def test_a_file_that_others_may_use_is_refused(run, settings, mode):
    vapid.make(settings)
    vapid.file_of(settings).chmod(mode)

    with pytest.raises(ConfigError, match=r"can be read by others.*chmod 0400"):
        vapid.load(settings)
    done = run()
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")


@pytest.mark.parametrize("mode", [0o400, 0o600])
def test_control_a_file_of_our_own_is_good(settings, mode):
    made = vapid.make(settings)
    vapid.file_of(settings).chmod(mode)

    assert vapid.load(settings).public == made.public


@pytest.mark.parametrize("private", [ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP384R1())])
def test_a_key_of_another_kind_is_refused(settings, private):
    _write(vapid.file_of(settings), private)

    with pytest.raises(ConfigError, match="P-256"):
        vapid.load(settings)


def test_a_file_that_is_no_key_is_refused(settings):
    vapid.make(settings)
    vapid.file_of(settings).chmod(0o600)
    vapid.file_of(settings).write_text("nothing", "ascii")

    with pytest.raises(ConfigError, match="no private key"):
        vapid.load(settings)


def test_a_folder_that_is_none_is_said(settings):
    settings.keys_dir.write_text("a file", "ascii")

    with pytest.raises(ConfigError, match=r"push\.pem cannot be read"):
        vapid.make(settings)


def test_a_link_that_leads_nowhere_is_said(settings):
    settings.keys_dir.mkdir()
    vapid.file_of(settings).symlink_to("gone.pem")

    with pytest.raises(ConfigError, match="something else"):
        vapid.make(settings)


def test_a_folder_that_cannot_be_written_to_is_said(run, settings, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(vapid, "_write", refuse)

    done = run()
    assert (done.exit_code, "cannot be written: Permission denied" in done.output) == (1, True)
