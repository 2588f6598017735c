"""Passes that nobody issued: every bit of issued ones flipped, signatures exchanged, mirrored and drawn."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec

from app.checkins import codes, passes

ORIGIN = "https://nahplatz.example"
BODY, BYTES = 23, 87


@dataclass(frozen=True)
class Issuer:
    """An installation with three keys, as hosts' devices know them, and a stranger with a key of the same id."""

    private: dict[int, ec.EllipticCurvePrivateKey]
    stranger: ec.EllipticCurvePrivateKey

    @property
    def public(self) -> dict[int, bytes]:
        return {kid: passes.public_half(key) for kid, key in self.private.items()}


def issuer(lots: random.Random) -> Issuer:
    keys = [ec.derive_private_key(lots.getrandbits(255) + 1, ec.SECP256R1()) for _ in range(4)]
    return Issuer(dict(zip((4, 5, 6), keys[:3], strict=True)), keys[3])


def issued(by: Issuer, count: int, lots: random.Random) -> list[bytes]:
    """Make passes as of real bookings: 87 bytes each."""
    return [passes.seal(_content(lots, kid := lots.choice([4, 5, 6])), by.private[kid]) for _ in range(count)]


def _content(lots: random.Random, kid: int) -> passes.Pass:
    start = 29_900_000 + lots.randrange(100) * 1440
    return passes.Pass(kid, lots.randbytes(8), lots.randrange(1, 400), lots.randrange(1, 25), start, 300)


def written(signed: bytes) -> str:
    return f"{ORIGIN}/P/{passes.spell(signed)}".upper()


def forgeries(genuine: list[bytes], by: Issuer, count: int, lots: random.Random) -> Iterator[str]:
    """Yield `count` addresses, none of which was issued: first each bit of each pass flipped, then all other ways."""
    made = 0
    for signed in genuine:
        for bit in range(BYTES * 8):
            if made == count:
                return
            yield written(_flipped(signed, bit))
            made += 1
    known = {written(signed) for signed in genuine}
    while made < count:
        text = lots.choice(WAYS)(lots.choice(genuine), lots.choice(genuine), by, lots)
        if text not in known and text.upper() not in known:
            yield text
            made += 1


def _flipped(signed: bytes, bit: int) -> bytes:
    number = int.from_bytes(signed, "big") ^ 1 << bit
    return number.to_bytes(BYTES, "big")


def _two_bits(one: bytes, other: bytes, by: Issuer, lots: random.Random) -> str:
    return written(_flipped(_flipped(one, lots.randrange(BYTES * 8)), lots.randrange(BYTES * 8)))


def _exchanged(one: bytes, other: bytes, by: Issuer, lots: random.Random) -> str:
    return written(one[:BODY] + other[BODY:])


def _mirrored(one: bytes, other: bytes, by: Issuer, lots: random.Random) -> str:
    """The second signature that every signature has."""
    s = int.from_bytes(one[-32:], "big")
    return written(one[:-32] + (passes.ORDER - s).to_bytes(32, "big"))


def _of_a_stranger(one: bytes, other: bytes, by: Issuer, lots: random.Random) -> str:
    return written(passes.seal(_content(lots, lots.choice([4, 5, 6])), by.stranger))


def _drawn_signature(one: bytes, other: bytes, by: Issuer, lots: random.Random) -> str:
    return written(one[:BODY] + lots.randbytes(64))


def _drawn(one: bytes, other: bytes, by: Issuer, lots: random.Random) -> str:
    return written(
        bytes([passes.VERSION << 4 | lots.choice([4, 5, 6])]) + lots.randbytes(21) + b"\0" + lots.randbytes(64)
    )


def _odd_numbers(one: bytes, other: bytes, by: Issuer, lots: random.Random) -> str:
    """Signatures made of the numbers at which careless code stumbles."""
    odd = [0, 1, 2, passes.ORDER - 1, passes.ORDER, passes.ORDER + 1, passes.ORDER // 2, 2**256 - 1]
    r, s = (
        lots.choice([*odd, int.from_bytes(one[-64:-32], "big")]),
        lots.choice([*odd, int.from_bytes(one[-32:], "big")]),
    )
    return written(one[:BODY] + r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def _other_content(one: bytes, other: bytes, by: Issuer, lots: random.Random) -> str:
    """Another day, seat or space under a signature that was made for something else."""
    place = lots.randrange(1, 22)
    return written(one[:place] + bytes([one[place] ^ lots.randrange(1, 256)]) + one[place + 1 :])


def _respelled(one: bytes, other: bytes, by: Issuer, lots: random.Random) -> str:
    """The same bytes written in a way that they are never written."""
    address = written(one)
    head, code = address[:-140], address[-140:]
    spare = codes.DIGITS[codes.DIGITS.index(code[-1]) | lots.randrange(1, 16)]
    place = lots.choice([at for at, sign in enumerate(code) if sign.isalpha()])
    return lots.choice(
        [
            head + code[:-1] + spare,
            head + code[:place] + code[place].lower() + code[place + 1 :],
            f"{ORIGIN}/p/{code}",
            address + lots.choice(["/", "?", "#", "0", "=", "%", "\\"]),
            head + code.replace("1", "I", 1) if "1" in code else address + "I",
            head + code.replace("0", "O", 1) if "0" in code else address + "O",
        ]
    )


Way = Callable[[bytes, bytes, Issuer, random.Random], str]
WAYS: list[Way] = [
    _two_bits,
    _exchanged,
    _mirrored,
    _of_a_stranger,
    _drawn_signature,
    _drawn,
    _odd_numbers,
    _other_content,
    _respelled,
]
