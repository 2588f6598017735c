"""German is the source of texts, other languages come from `translations/`. No request needed: mails use it too."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from babel import Locale, dates, numbers
from babel.support import NullTranslations, Translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from app.errors import N_

LANGUAGES = ("de", "en")
FOLDER = Path(__file__).parent.parent / "translations"

_language: ContextVar[str] = ContextVar("language", default="de")


def language() -> str:
    return _language.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Show texts, dates and numbers in language `code` until the block ends."""
    token = _language.set(code if code in LANGUAGES else "de")
    try:
        yield
    finally:
        _language.reset(token)


def speak(code: str) -> None:
    """Set the language of the present request or task."""
    _language.set(code if code in LANGUAGES else "de")


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(code: str) -> NullTranslations:
    return Translations.load(str(FOLDER), [code]) if code != "de" else NullTranslations()


@lru_cache(maxsize=len(LANGUAGES))
def _locale(code: str) -> Locale:
    # English readers live in Germany too: days before months, 24 hours.
    return Locale.parse("en_GB" if code == "en" else "de_DE")


def gettext(text: str, **values: object) -> str:
    translated = _catalogue(language()).ugettext(text)
    return translated % values if values else translated


def ngettext(singular: str, plural: str, count: int, **values: object) -> str:
    translated = _catalogue(language()).ungettext(singular, plural, count)
    return translated % {"num": count, **values}


@pass_eval_context
def say(context: EvalContext, text: str, **values: object) -> str:
    """`_` in templates: our own sentences are markup, what is put into them is escaped.

    Jinja's own takes five times as long, and a page has hundreds of texts.
    """
    translated = _catalogue(language()).ugettext(text)
    if context.autoescape:
        translated = Markup(translated)  # noqa: S704 - it comes from our templates and catalogues
    return translated % values if values else translated


@pass_eval_context
def say_count(context: EvalContext, singular: str, plural: str, count: int, **values: object) -> str:
    """`ngettext` in templates; `%(num)s` is the count."""
    translated = _catalogue(language()).ungettext(singular, plural, count)
    if context.autoescape:
        translated = Markup(translated)  # noqa: S704 - as above
    return translated % {"num": count, **values}


@lru_cache(maxsize=2048)  # of up to two kilobytes each
def _made(macro: Callable[..., str], words: tuple[Hashable, ...], code: str) -> str:
    del code
    return macro(*words)


def forget() -> None:
    """Make everything anew that is kept, because what macros look at beside their words has changed."""
    _made.cache_clear()


def kept(macro: Callable[..., str], *words: Hashable) -> str:
    """Return what a macro makes of `words`, made once per language: for macros that look at nothing else."""
    return _made(macro, words, language())


def format_day(day: date, pattern: str = "EEEE, d. MMMM") -> str:
    """Write `day` with a CLDR pattern; patterns are translated like texts, because English puts no dot after 21."""
    return _day(day, pattern, language())


@lru_cache(maxsize=4096)
def _day(day: date, pattern: str, code: str) -> str:
    return dates.format_date(day, pattern, locale=_locale(code))


def format_time(moment: datetime, timezone: str) -> str:
    """Write the wall-clock time of `moment` in `timezone`, as 08:12."""
    return dates.format_time(moment, "HH:mm", tzinfo=dates.get_timezone(timezone), locale=_locale(language()))


PRICE = "#,##0.00####\xa0¤"
DESK = N_("Platz %(number)s")
SEATS = {"desk": DESK, "room": N_("Raum %(number)s"), "booth": N_("Kabine %(number)s")}


def own_name(number: int, name: str | None) -> str | None:
    """Return what hosts call a seat, or None where that is only its number again ("3", "Platz 3")."""
    return None if name in {str(number), gettext(DESK, number=number)} else name or None


def format_seat(number: int, name: str | None, kind: str = "desk") -> str:
    """Name a seat by its number and, where that says more, by what hosts call it: "Platz 3, Fensterplatz"."""
    return ", ".join(filter(None, (gettext(SEATS[kind], number=number), own_name(number, name))))


def format_money(euros: float, currency: str = "EUR") -> str:
    return _money(euros, currency, language())


@lru_cache(maxsize=4096)
def _money(euros: float, currency: str, code: str) -> str:
    return str(numbers.format_currency(euros, currency, locale=_locale(code)))


def format_price(euros: Decimal) -> str:
    """Write the price of one, which may go below a cent: with two digits, and further ones where it has them."""
    return str(numbers.format_currency(euros, "EUR", PRICE, locale=_locale(language()), currency_digits=False))


def format_number(number: float) -> str:
    return _number(number, language())


@lru_cache(maxsize=4096)
def _number(number: float, code: str) -> str:
    return str(numbers.format_decimal(number, locale=_locale(code)))
