"""What may be typed as address, code and name."""

import pytest

from app.errors import InvalidInput
from app.people import forms, steps


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ana@beispiel.example", "ana@beispiel.example"),
        ("  Ana.Beispiel+Nahplatz@Mail.Beispiel.DE ", "ana.beispiel+nahplatz@mail.beispiel.de"),
        ("o'neill@beispiel.de", "o'neill@beispiel.de"),
        ("ana@müller-söhne.de", "ana@xn--mller-shne-kcb9d.de"),
        ("ana@xn--mller-kva.xn--p1ai", "ana@xn--mller-kva.xn--p1ai"),
    ],
)
def test_an_address_is_read(typed, read):
    assert forms.email(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "ana",
        "ana@",
        "@beispiel.de",
        "ana@beispiel",
        "ana@@beispiel.de",
        "ana beispiel@beispiel.de",
        "ana@beispiel..de",
        "ana@-beispiel.de",
        "a..na@beispiel.de",
        ".ana@beispiel.de",
        "ana.@beispiel.de",
        "änne@beispiel.de",
        "=?utf-8?q?ana?=@beispiel.de",
        "ana@beispiel.de\nBcc: ben@beispiel.de",
        "ana@beispiel.de,ben@beispiel.de",
        "Ana <ana@beispiel.de>",
        "ana\0@beispiel.de",
        "ana\u202e@beispiel.de",
        "a" * 65 + "@beispiel.de",
        "ana@" + "b" * 250 + ".de",
    ],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(InvalidInput) as refused:
        forms.email(typed)
    assert list(refused.value.fields) == ["email"]


@pytest.mark.parametrize("typed", ["12345678", "1234 5678", " 1234-5678 ", "1234\u00a05678"])
def test_a_code_is_read_however_it_is_spaced(typed):
    assert steps.read_code(typed) == "12345678"


@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "1234567a", "١٢٣٤٥٦٧٨", "12345678\0"])
def test_what_is_no_code_is_refused(typed):
    with pytest.raises(InvalidInput) as refused:
        steps.read_code(typed)
    assert list(refused.value.fields) == ["code"]


def test_a_name_is_tidied():
    assert forms.name("  Ana \t  Beispiel ") == "Ana Beispiel"
    assert forms.name("Zoe\u0308") == "Zoë"
    assert forms.name("x" * 80) == "x" * 80


@pytest.mark.parametrize("typed", ["", " \n ", "x" * 81, "Ana\0", "Ana\u202eBen", "\ud800"])
def test_what_is_no_name_is_refused(typed):
    with pytest.raises(InvalidInput) as refused:
        forms.name(typed)
    assert list(refused.value.fields) == ["name"]


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:147.0) Gecko/147.0 Firefox/147.0", "Firefox, Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_4 like Mac OS X) AppleWebKit/605.1.15 Version/16.4 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome, Linux"),
        ("curl/8", ""),
    ],
)
def test_a_browser_is_told_roughly(agent, said):
    assert forms.browser(agent) == said
