"""Domains under which anybody can have an address: who reads mail there proves nothing about an employer."""

DOMAINS = """
aol.com aol.de arcor.de fastmail.com freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.eu gmx.info gmx.net gmx.org
googlemail.com hotmail.com hotmail.de hushmail.com icloud.com kabelmail.de keemail.me live.com live.de mac.com
magenta.de mail.com mail.de mail.ru mailbox.org me.com msn.com o2mail.de o2online.de online.de onlinehome.de osnanet.de
outlook.com outlook.de pm.me posteo.de posteo.net posteo.org proton.me protonmail.com rocketmail.com systemli.org
t-online.de tuta.com tuta.io tutanota.com tutanota.de unitybox.de versanet.de vodafone.de vodafonemail.de web.de
yahoo.com yahoo.de yandex.com ymail.com
"""
PUBLIC = frozenset(DOMAINS.split())


def is_public(domain: str) -> bool:
    return domain in PUBLIC
