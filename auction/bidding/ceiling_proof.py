"""A commitment to a ceiling that proves each bid within it, and never tells the ceiling.

From a secret of 32 bytes a chain is hashed, one step for each increment that the ceiling lies above the starting price. The
public log holds a commitment to its last hash when the ceiling is set. A bid of k increments above the starting price comes with
the hash k steps before the last: only who knows the secret has it, whoever sees it hashes k times and finds the commitment, and
how many steps lie behind it stays unknown. The secret and the amount together open the whole ceiling (`matches`).
"""

import secrets
from hashlib import sha256
from uuid import UUID

import msgspec

SECRET_BYTES = 32
COMMITMENT_VERSION = "disposal-ceiling/1"

_encode = msgspec.json.Encoder().encode


def new_secret() -> bytes:
    """A fresh secret for one ceiling."""
    return secrets.token_bytes(SECRET_BYTES)


def walk(link: bytes, steps: int) -> bytes:
    """The link that comes `steps` later in the chain."""
    for _ in range(steps):
        link = sha256(link).digest()
    return link


def commitment(lot_id: UUID, code: str, last_link: bytes) -> bytes:
    """What the log holds of a ceiling: a hash over the lot, the bidder's code and the last link of the chain."""
    return sha256(_encode((COMMITMENT_VERSION, lot_id, code, last_link.hex()))).digest()


def commit(lot_id: UUID, code: str, secret: bytes, limit_steps: int) -> bytes:
    """The commitment to a ceiling of so many increments above the starting price."""
    return commitment(lot_id, code, walk(secret, limit_steps))


def prove(secret: bytes, limit_steps: int, bid_steps: int) -> bytes:
    """The link that proves a bid of `bid_steps` increments above the starting price. Raises `ValueError` beyond the ceiling."""
    if not 0 <= bid_steps <= limit_steps:
        raise ValueError("no ceiling proves a bid beyond it")
    return walk(secret, limit_steps - bid_steps)


def proves(committed: bytes, lot_id: UUID, code: str, link: bytes, bid_steps: int) -> bool:
    """Whether the link proves that the ceiling of this commitment allows a bid of `bid_steps` increments."""
    return len(link) == SECRET_BYTES and commitment(lot_id, code, walk(link, bid_steps)) == committed


def matches(committed: bytes, lot_id: UUID, code: str, secret: bytes, limit_steps: int) -> bool:
    """Whether secret and amount are those that were committed to. Who holds the secret could claim a lower ceiling (a later link
    serves as its secret), never a higher one; a bid in the log beyond what is claimed refutes it."""
    return proves(committed, lot_id, code, secret, limit_steps)
