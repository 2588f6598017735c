"""Texts, days and money in templates, in the reader's language."""

from datetime import date

import pytest
from flask import render_template_string

from app import i18n


def test_our_sentences_are_markup_and_what_is_put_into_them_is_not(app):
    page = render_template_string("{{ _('<b>%(name)s</b> & Co', name=name) }}", name="<i>")
    assert page == "<b>&lt;i&gt;</b> & Co"


def test_texts_of_mails_are_not_escaped(app):
    template = app.jinja_env.from_string(
        "{% autoescape false %}{{ _('Hallo %(name)s', name='A & B') }}{% endautoescape %}"
    )
    assert template.render() == "Hallo A & B"


@pytest.mark.parametrize(("count", "words"), [(1, "1 Platz"), (3, "3 Plätze")])
def test_counts_choose_their_form(app, count, words):
    assert render_template_string("{{ ngettext('%(num)s Platz', '%(num)s Plätze', n) }}", n=count) == words


def test_what_is_kept_is_kept_per_language(app):
    calls = []

    def macro(word):
        calls.append(word)
        return f"{word} {i18n.language()}"

    for _ in range(2):
        for code in i18n.LANGUAGES:
            with i18n.speaking(code):
                assert i18n.kept(macro, "Tisch") == f"Tisch {code}"
    assert len(calls) == len(i18n.LANGUAGES)


def test_days_and_money_follow_the_language():
    with i18n.speaking("en"):
        assert i18n.format_day(date(2026, 11, 24), "EEEE, d MMMM") == "Tuesday, 24 November"
        assert i18n.format_money(9.5) == "€9.50"
    assert i18n.format_day(date(2026, 11, 24)) == "Dienstag, 24. November"
    assert i18n.format_money(9.5) == "9,50\xa0€"


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("Fensterplatz", "desk", "Platz 3, Fensterplatz"),
        ("Platz 3", "desk", "Platz 3"),
        ("3", "desk", "Platz 3"),
        ("", "desk", "Platz 3"),
        (None, "desk", "Platz 3"),
        ("Platz 4", "desk", "Platz 3, Platz 4"),
        ("Werkbank", "room", "Raum 3, Werkbank"),
        ("Leise", "booth", "Kabine 3, Leise"),
    ],
)
def test_a_seat_is_named_by_its_number_and_what_hosts_call_it(name, kind, expected):
    assert i18n.format_seat(3, name, kind) == expected
