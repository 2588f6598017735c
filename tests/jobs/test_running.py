"""What officers of the county see of the night and of the workers."""

from datetime import timedelta

import pytest

from app.jobs import night, operations
from app.jobs.queries.reconcile import Finding
from app.jobs.queries.running import TaskFacts
from tests.factories import make_officer, make_town

PAGE = "/kreis/betrieb"


@pytest.fixture
def officer(as_, cast):
    make_officer(cast["kari"])
    return as_("kari")


def _run(task, now, *, error=None, result="no contradictions"):
    operations.plan(task=task, now=now - timedelta(days=2))
    operations.take(task=task, worker="w1", now=now)
    if error:
        operations.fail(task=task, worker="w1", error=error, now=now)
    else:
        operations.finish(task=task, worker="w1", result=result, now=now)


def test_the_last_result_of_the_comparison_is_shown_with_its_age(officer, now):
    _run("reconcile", now - timedelta(hours=4))
    operations.beat(worker="w1", started_at=now, now=now)

    page = officer.get(PAGE).text

    assert "keine Widersprüche" in page
    assert "vor 4 Std." in page
    assert "zuletzt gesehen gerade eben" in page


def test_contradictions_are_not_hidden(officer, now):
    _run("reconcile", now - timedelta(minutes=3), error="3 contradictions, see: flask reconcile")

    page = officer.get(PAGE).text

    assert "fehlgeschlagen: 3 Widersprüche" in page
    assert "keine Widersprüche" not in page


@pytest.mark.parametrize("task", night.TASKS)
def test_no_result_is_shown_in_the_words_of_the_shell(officer, now, task):
    _run(task, now - timedelta(hours=4), result="0 things begun, 1 things closed")
    page = officer.get(PAGE).text
    assert ("erledigt" in page or "keine Widersprüche" in page, "things" in page) == (True, False)


def test_a_failure_without_contradictions_says_only_that(officer, now):
    _run("bill", now - timedelta(hours=1), error="OSError: no space left on device")
    page = officer.get(PAGE).text
    assert ("fehlgeschlagen" in page, "Widerspr" in page, "OSError" in page) == (True, False, False)


def test_work_that_never_ran_says_when_it_will(officer, now):
    operations.plan(task="bill", now=now)
    assert "noch nie gelaufen; zum ersten Mal Dienstag, 24. November ab 03:00 Uhr" in officer.get(PAGE).text


def test_the_words_for_contradictions_are_those_that_the_night_writes(app, now, monkeypatch):
    monkeypatch.setattr(night.queries, "findings", lambda: [Finding("booking", "one"), Finding("booking", "two")])
    with pytest.raises(night.Contradictions) as failed:
        night.reconcile(now)
    facts = TaskFacts("reconcile", now, None, now, f"Contradictions: {failed.value}")
    assert facts.contradictions == 2


def test_without_night_and_workers_it_says_so(officer):
    page = officer.get(PAGE).text

    assert "Die erste Nacht steht bevor" in page
    assert "Nachrichten gehen nicht hinaus" in page


def test_strangers_and_officers_of_a_town_find_nothing(as_, cast):
    make_officer(cast["ben"], make_town())

    assert [as_(person).get(PAGE).status_code for person in ("ana", "ben")] == [404, 404]
