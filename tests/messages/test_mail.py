"""What a mail looks like, and what the folder for mail holds."""

import stat
from datetime import UTC, date, datetime, timedelta, timezone
from email import message_from_bytes, policy

import pytest
from jinja2 import ChoiceLoader, DictLoader

from app.messages import mail, post, queries, steps

MADE_AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def _message(**changes):
    usual = {
        "id": 42,
        "kind": "note",
        "to": "ana@example.org",
        "language": "de",
        "payload": {"word": "zwölf"},
        "made_at": MADE_AT,
        "tries": 1,
    }
    return queries.Claimed(**{**usual, **changes})


def test_carries_text_and_html_and_says_that_a_program_wrote_it(app):
    letter = mail.compose(_message())

    assert letter["From"] == "Nahplatz <nahplatz@localhost>"
    assert letter["To"] == "ana@example.org"
    assert letter["Subject"] == "Hallo du"
    assert letter["Date"] == "Mon, 23 Nov 2026 07:00:00 +0000"
    assert (letter["Auto-Submitted"], letter["Content-Language"]) == ("auto-generated", "de")
    assert letter.get_content_type() == "multipart/alternative"
    assert letter.get_body(("plain",)).get_content() == "Zeile für zwölf\n"
    assert "Reply-To" not in letter


def test_the_same_message_is_the_same_mail_and_another_is_not(app):
    first, again = mail.compose(_message(tries=1)), mail.compose(_message(tries=5))

    assert first["Message-ID"] == again["Message-ID"]
    assert first["Message-ID"].endswith("@localhost>")
    assert mail.compose(_message(id=43))["Message-ID"] != first["Message-ID"]


def test_html_escapes_and_text_does_not(app):
    letter = mail.compose(_message(payload={"word": "<b>&"}))

    assert "<b>&lt;b&gt;&amp;</b>" in letter.get_body(("html",)).get_content()
    assert letter.get_body(("plain",)).get_content() == "Zeile für <b>&\n"


def test_days_and_moments_come_back_as_such(app):
    zone = timezone(timedelta(hours=1))
    payload = {"bookings": [{"date": "2026-11-24", "starts_at": "2026-11-24T08:00:00+01:00", "name": "date"}]}

    (booking,) = mail.revive(payload)["bookings"]

    assert booking["date"] == date(2026, 11, 24)
    assert booking["starts_at"] == datetime(2026, 11, 24, 8, tzinfo=zone)
    assert booking["starts_at"].strftime("%H:%M") == "08:00"
    assert booking["name"] == "date"


def test_answers_to_feedback_go_to_its_sender(app):
    letter = mail.compose(_message(payload={"word": "", "from_email": "kim@example.org"}))

    assert letter["Reply-To"] == "kim@example.org"


@pytest.mark.parametrize("to", ["ana@example.org\nBcc: all@example.org", "ana@example.org, ben@example.org"])
def test_an_address_cannot_smuggle_in_others(app, to, caplog):
    outcome = steps.send(_message(to=to), way=post.Outbox(None), now=MADE_AT)

    assert outcome.state == "deferred"
    assert "could not be written" in caplog.text


def test_a_subject_stays_one_line(app):
    app.jinja_env.loader = ChoiceLoader(
        [DictLoader({"messages/note.txt": "\nHallo {{ word }}\nText", "messages/note.html": ""})]
    )

    letter = mail.compose(_message(payload={"word": "Ana\r\tMaria"}))

    assert letter["Subject"] == "Hallo Ana Maria"


def test_a_template_that_fails_holds_up_nothing(app, tmp_path, caplog):
    way = post.Outbox(tmp_path)

    assert steps.send(_message(kind="broken"), way=way, now=MADE_AT).state == "deferred"
    assert steps.send(_message(kind="unknown"), way=way, now=MADE_AT).state == "deferred"
    assert steps.send(_message(), way=way, now=MADE_AT).state == "sent"
    assert "UndefinedError" in caplog.text


def test_the_folder_gets_whole_files_that_sort_by_time_and_name_their_reader(app, tmp_path):
    way = steps.way_out(app.config["NAHPLATZ"])
    steps.send(_message(), way=way, now=MADE_AT)
    steps.send(_message(to="a/ben@example.org", id=43), way=way, now=MADE_AT)
    steps.send(_message(id=44, made_at=MADE_AT + timedelta(seconds=1)), way=way, now=MADE_AT)
    way.close()

    folder = app.config["NAHPLATZ"].data_dir / "mail"
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [
        "20261123T070000-00000042-ana-note.eml",
        "20261123T070000-00000043-a_ben-note.eml",
        "20261123T070001-00000044-ana-note.eml",
    ]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    assert message_from_bytes(files[0].read_bytes(), policy=policy.default)["To"] == "ana@example.org"
    assert b"Zeile f=C3=BCr zw=C3=B6lf" in files[0].read_bytes()


def test_a_second_copy_replaces_the_first(app, tmp_path):
    way = post.Outbox(tmp_path / "mail")
    for _ in range(2):
        steps.send(_message(), way=way, now=MADE_AT)

    assert len(list((tmp_path / "mail").iterdir())) == 1


def test_a_folder_that_cannot_be_written_loses_nothing(app, tmp_path):
    (tmp_path / "mail").write_text("in the way")

    outcome = steps.send(_message(), way=post.Outbox(tmp_path / "mail"), now=MADE_AT)

    assert outcome.state == "unreachable"
