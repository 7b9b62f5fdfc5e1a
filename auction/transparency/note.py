"""Signed notes as C2SP defines them (c2sp.org/signed-note), with Ed25519 signatures. Pure but for the key that signs.

A note is a text that ends with a newline, an empty line, then one line for each signature. A key is known by its name and the
first four bytes of a hash over name and public key; people are given the verifier key `name+hash+base64(0x01 || key)`.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from core.crypto import SigningKey, verify_signature

ED25519 = b"\x01"
KEY_BYTES = 32
LONGEST_NOTE = 1 << 20
MOST_SIGNATURES = 100

_DASH = "\u2014 "


class BadNote(ValueError):
    """The text is no note, no key, or is signed by nobody who is trusted. The argument says why, in English."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Whose signature a reader trusts: a name and an Ed25519 public key (32 bytes)."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that tell keys of one name apart."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(ED25519 + self.public).decode()}"


def read_verifier_key(text: str) -> VerifierKey:
    """The key that a verifier key string stands for. Raises `BadNote`."""
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        decoded = b64decode(encoded, validate=True)
    except (ValueError, NotBase64) as error:
        raise BadNote("a verifier key looks like name+hash+base64") from error
    if decoded[:1] != ED25519 or len(decoded) != 1 + KEY_BYTES:
        raise BadNote("only Ed25519 verifier keys are understood")
    key = VerifierKey(name, decoded[1:])
    if not is_key_name(name) or key.key_id.hex() != key_id:
        raise BadNote("the hash in the verifier key does not fit its name and key")
    return key


def is_key_name(name: str) -> bool:
    """Whether a key may be called so: not empty, no spaces, no plus."""
    return bool(name) and "+" not in name and not any(letter.isspace() for letter in name)


def sign_note(text: str, name: str, key: SigningKey) -> str:
    """The text with the key's signature. Raises `BadNote` for a text or name that no note may have."""
    if not text.endswith("\n") or not _is_clean(text):
        raise BadNote("a note ends with a newline and holds no control characters")
    if not is_key_name(name):
        raise BadNote("a key name is not empty and has neither spaces nor +")
    signer = VerifierKey(name, key.public_bytes)
    signature = b64encode(signer.key_id + key.sign(text.encode())).decode()
    return f"{text}\n{_DASH}{name} {signature}\n"


def open_note(note: str, trusted: Iterable[VerifierKey]) -> str:
    """The text of a note that a trusted key has signed. Signatures of others are ignored.

    Raises `BadNote` when it is malformed, when no trusted key signed it, or when a trusted key's signature does not fit.
    """
    if len(note) > LONGEST_NOTE or not _is_clean(note) or not note.endswith("\n"):
        raise BadNote("not a note")
    text, separator, lines = note.rpartition("\n\n")
    if not separator or not lines:
        raise BadNote("a note has a text, an empty line and signatures")
    text += "\n"
    known = {(key.name, key.key_id): key for key in trusted}
    signatures = [_signature(line) for line in lines.removesuffix("\n").split("\n")]
    if len(signatures) > MOST_SIGNATURES:
        raise BadNote("too many signatures")
    good = False
    for name, key_id, signature in signatures:
        key = known.get((name, key_id))
        if key is None:
            continue
        if not verify_signature(key.public, signature, text.encode()):
            raise BadNote(f"the signature of {name} does not fit the text")
        good = True
    if not good:
        raise BadNote("no trusted key has signed this")
    return text


def _signature(line: str) -> tuple[str, bytes, bytes]:
    """Name, key id and signature of a line."""
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    try:
        decoded = b64decode(encoded, validate=True)
    except (ValueError, NotBase64) as error:
        raise BadNote("a signature is not base64") from error
    if not line.startswith(_DASH) or not space or not is_key_name(name) or len(decoded) < 5:
        raise BadNote("a signature line looks like: — name base64")
    return name, decoded[:4], decoded[4:]


def _is_clean(text: str) -> bool:
    return not any(letter < " " and letter != "\n" for letter in text)
