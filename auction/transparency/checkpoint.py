"""Checkpoints of the log as C2SP defines them (c2sp.org/tlog-checkpoint): origin, size and root, as a signed note. Pure."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass

from auction.transparency.merkle import HASH_BYTES
from auction.transparency.note import BadNote, VerifierKey, open_note, sign_note
from core.crypto import SigningKey


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a checkpoint says: the tree of the log `origin` has `size` leaves and this root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def sign_checkpoint(head: TreeHead, key: SigningKey) -> str:
    """The checkpoint: a note signed in the name of the log's origin."""
    return sign_note(head.text, head.origin, key)


def open_checkpoint(note: str, trusted: Sequence[VerifierKey]) -> TreeHead:
    """What a checkpoint says that a trusted key has signed. Raises `BadNote`.

    A key speaks only for the log of its own name: one trusted for another log cannot vouch for this one.
    """
    origin = note.partition("\n")[0]
    return read_tree_head(open_note(note, [key for key in trusted if key.name == origin]))


def read_tree_head(text: str) -> TreeHead:
    """The head that a checkpoint's text says. Lines after the third are extensions and are ignored. Raises `BadNote`."""
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines):
        raise BadNote("a checkpoint has three lines: origin, size and root")
    origin, size, encoded = lines[:3]
    if not (size.isascii() and size.isdigit()) or (size.startswith("0") and size != "0"):
        raise BadNote("the size of a checkpoint is a decimal number")
    try:
        root = b64decode(encoded, validate=True)
    except (ValueError, NotBase64) as error:
        raise BadNote("the root of a checkpoint is not base64") from error
    if len(root) != HASH_BYTES or len(size) > 18:
        raise BadNote("the root of a checkpoint has 32 bytes")
    return TreeHead(origin, int(size), root)
