"""A draw by lot that anyone can recompute. Pure but for `new_secret`.

Before the draw the service publishes the commitment to a secret; afterwards a public value that nobody controls, named
beforehand (a closing index, for instance), becomes known. Secret and value together order the tickets, so neither who
keeps the secret nor who reports the value can choose the outcome:

    commitment = SHA-256("disposal-draw/1" || purpose || secret)
    seed       = SHA-256(secret || value)
    place of a ticket: ascending by SHA-256(seed || ticket), all texts in UTF-8
"""

import secrets
from collections.abc import Sequence
from hashlib import sha256

VERSION = b"disposal-draw/1"
SECRET_BYTES = 32


def new_secret() -> bytes:
    """A secret for one draw."""
    return secrets.token_bytes(SECRET_BYTES)


def commitment(purpose: str, secret: bytes) -> bytes:
    """What is published before the draw. `purpose` names the one draw that it is for."""
    return sha256(VERSION + purpose.encode() + secret).digest()


def drawn_order(secret: bytes, public_value: str, tickets: Sequence[str]) -> list[str]:
    """The tickets in the order drawn. Tickets differ from each other."""
    seed = sha256(secret + public_value.encode()).digest()
    return sorted(tickets, key=lambda ticket: sha256(seed + ticket.encode()).digest())
