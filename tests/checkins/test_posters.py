"""The printed sign: read back from the very PDF, as a phone would."""

import re
from contextlib import closing
from datetime import UTC, datetime

import pypdfium2
import pytest
import zxingcpp
from pypdfium2.raw import FPDFCatalog_IsTagged

from app import typesetting
from app.checkins import codes, posters
from app.checkins.queries import SignFacts
from app.spaces import queries as spaces
from tests import factories

CODE = "00WVZRRVBX8JJTKHD3T0"
SIGN = SignFacts(1, 1, 3, CODE, codes.short(CODE), datetime(2026, 11, 22, 23, 30, tzinfo=UTC), None)
ORIGIN = "https://nahplatz.example"
ADDRESS = f"HTTPS://NAHPLATZ.EXAMPLE/C/{CODE}"
A4, A5 = (595, 842), (420, 595)


@pytest.fixture
def poster(app):
    """Make the poster of a space whose facts can be changed."""

    def make(public_url=ORIGIN, **changes):
        factories.make_space("kontor", **{"name": "Kontor am Stift", **changes})
        return posters.Poster(spaces.directory().space("kontor"), SIGN, public_url)

    return make


def _pages(pdf):
    """Every page's size in points, its picture at 150 dpi and its text."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        for page in document:
            width, height = page.get_size()
            text = page.get_textpage().get_text_range()
            yield (round(width), round(height)), page.render(scale=150 / 72).to_pil(), text


def test_it_has_a_page_on_a4_and_one_on_a5(poster):
    assert [size for size, _, _ in _pages(poster().pdf())] == [A4, A5]


@pytest.mark.parametrize("factor", [1, 2, 4])
def test_both_pages_are_read_by_a_camera_also_from_afar(poster, factor):
    for _, picture, _ in _pages(poster().pdf()):
        far = picture.resize((picture.width // factor, picture.height // factor))
        [found] = zxingcpp.read_barcodes(far)
        assert found.text == ADDRESS
        assert found.format == zxingcpp.BarcodeFormat.QRCode
        assert codes.read(found.text, ORIGIN) == codes.Reading("sign", CODE)


def test_a_picture_without_the_code_is_not_read(poster):
    """The control of the test above: it is the code that is read, not the page."""
    [(_, picture, _), _] = _pages(poster().pdf())
    assert zxingcpp.read_barcodes(picture.crop((0, 0, picture.width, picture.height // 4))) == []


def test_it_says_in_plain_words_whose_door_this_is_and_what_to_do(poster):
    for _, _, text in _pages(poster(town=factories.make_town("Havixbeck")).pdf()):
        words = " ".join(text.split())
        for expected in (
            "Kontor am Stift",
            "Havixbeck",
            "00WV-ZRRV-7",
            "1 Öffne Nahplatz auf deinem Telefon",
            "2 Halte die Kamera auf das Muster",
            "3 Fertig. Das geht auch ohne Netz",
            "iPhone: bitte in der App scannen",
            "nahplatz.example",
            "Schild 3 vom 23.11.2026",  # half past midnight on the space's own clock
        ):
            assert expected in words
        assert "Beispiel" not in words


def test_a_sample_says_so(poster):
    assert all("Beispiel" in text for _, _, text in _pages(poster(is_sample=True).pdf()))


def test_the_same_sign_is_the_same_file(poster):
    one = poster()
    assert one.pdf() == one.pdf()


def test_readers_aloud_find_their_way(poster):
    with closing(pypdfium2.PdfDocument(poster().pdf())) as document:
        assert FPDFCatalog_IsTagged(document)
        assert document.get_metadata_dict()["Title"] == "Schild: Kontor am Stift"


@pytest.mark.parametrize(
    "name",
    [
        '#panic("!") $x$ *_`',
        "]]}} \\ // <label> @ref",
        "🪑 Büro",
        "x" * 120,
        "Landwirtschaftsmaschinenausstellungsgebäude " * 2,
    ],
)
def test_any_name_is_only_a_name(poster, name):
    pages = list(_pages(poster(name=name).pdf()))
    assert [size for size, _, _ in pages] == [A4, A5]
    for _, picture, text in pages:
        assert [found.text for found in zxingcpp.read_barcodes(picture)] == [ADDRESS]
        plain = re.sub(r"\W", "", text.replace("\ufffe", ""))
        assert re.sub(r"\W", "", name) in plain


@pytest.mark.parametrize(
    ("public_url", "modules"),
    [
        ("http://127.0.0.1:8000", 29),  # version 3
        ("https://" + "a" * 22 + ".example", 29),  # 61 characters: the longest for version 3 at level M
        ("https://" + "a" * 23 + ".example", 33),
        ("https://" + "a" * 60 + ".example", 37),
    ],
)
def test_a_longer_address_takes_the_next_version_at_level_m(poster, public_url, modules):
    one = poster(public_url)
    size = int(re.search(r"viewBox='?\"?0 0 (\d+)", posters._svg(SIGN.address(public_url)))[1])
    assert size == modules + 2 * posters.QUIET_ZONE
    for _, picture, _ in _pages(one.pdf()):
        [found] = zxingcpp.read_barcodes(picture.resize((picture.width // 4, picture.height // 4)))
        assert found.text == f"{public_url}/C/{CODE}".upper()
        assert found.ec_level == "M"


def test_a_letter_that_no_font_has_leaves_a_gap_but_a_sign(poster):
    for _, picture, text in _pages(poster(name="Büro 🪑 椅子").pdf()):
        assert "Büro" in text
        assert [found.text for found in zxingcpp.read_barcodes(picture)] == [ADDRESS]


def test_typesetting_that_takes_too_long_is_given_up(poster, monkeypatch):
    monkeypatch.setattr(typesetting, "SECONDS", 0.01)
    with pytest.raises(typesetting.TypesettingError, match="longer than"):
        poster().pdf()


def test_typesetting_that_fails_says_why(poster, monkeypatch, tmp_path):
    monkeypatch.setattr(posters, "TEMPLATE", tmp_path / "nowhere.typ")
    with pytest.raises(typesetting.TypesettingError, match="No such file"):
        poster().pdf()
