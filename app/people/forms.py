"""What people type about themselves, made usable or refused with a sentence about the field."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from app import i18n
from app.errors import N_, InvalidInput
from app.people.steps import Proof, read_code

NAME_LENGTH = 80
# What mail servers take without being asked first (RFC 5321 dot-string), and a domain with a dot.
LOCAL_PART = re.compile(r"(?=.{1,64}$)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})")


def email(text: str) -> str:
    """Read an e-mail address. Refuses: `InvalidInput`."""
    typed = text.strip().lower()
    if not typed:
        raise InvalidInput({"email": N_("Bitte gib deine E-Mail-Adresse ein.")})
    local_part, _, domain = typed.rpartition("@")
    domain = _in_ascii(domain)
    # "=?" begins what a mail header decodes into something else.
    if not LOCAL_PART.fullmatch(local_part) or not DOMAIN.fullmatch(domain) or "=?" in local_part:
        raise InvalidInput({"email": N_("Das ist keine E-Mail-Adresse. So sieht eine aus: name@beispiel.de")})
    if len(local_part) + len(domain) > 253:
        raise InvalidInput({"email": N_("Das ist keine E-Mail-Adresse. So sieht eine aus: name@beispiel.de")})
    return f"{local_part}@{domain}"


def _in_ascii(domain: str) -> str:
    """Write a domain with umlauts as mail servers know it (IDNA); what cannot be written so comes back empty."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def proof(typed: Proof) -> Proof:
    """Read what proves an address. Refuses: `InvalidInput`."""
    return replace(typed, email=email(typed.email), code=read_code(typed.code))


def name(text: str) -> str:
    """Read the name that hosts see. Refuses: `InvalidInput`."""
    typed = " ".join(unicodedata.normalize("NFC", text).split())
    if not typed:
        raise InvalidInput({"name": N_("Bitte gib einen Namen ein; auch ein Vorname genügt.")})
    if len(typed) > NAME_LENGTH:
        raise InvalidInput({"name": N_("Dieser Name ist zu lang; höchstens 80 Zeichen.")})
    if not typed.isprintable():
        raise InvalidInput({"name": N_("In diesem Namen stehen Zeichen, die niemand lesen kann.")})
    return typed


def language(text: str) -> str:
    """Read the code of a language that we speak. Refuses: `InvalidInput`."""
    if text not in i18n.LANGUAGES:
        raise InvalidInput({"language": N_("Diese Sprache sprechen wir nicht. Wähl eine aus der Liste.")})
    return text


# In this order: Edge and Chrome also say Safari, Edge also says Chrome; iPads and Android say Linux or Mac too.
BROWSERS = (("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("Edg", "Edge"), ("CriOS", "Chrome"), ("Chrome", "Chrome"))
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"))


def browser(user_agent: str) -> str:
    """Say roughly which browser this is ("Firefox, Android"): enough to tell own devices apart, no fingerprint."""
    program = next((name for sign, name in BROWSERS if sign in user_agent), None)
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "Linux" if "Linux" in user_agent else None)
    if program is None and "Safari" in user_agent:
        program = "Safari"
    return ", ".join(part for part in (program, system) if part)
