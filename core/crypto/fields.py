"""Personal data at rest: AES-256-GCM per field, keys derived from one master key by purpose (P-01).

`FieldCipher(master, purpose)`: the purpose (`bidder-identity`, `party-identity`) separates keys, so code that may
read one kind of data cannot read another. `match_code` is a keyed hash that lets equal identity numbers be found
without decrypting any.
"""

import hmac
import secrets
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class FieldCipher:
    """Encrypts and decrypts the fields of one purpose."""

    def __init__(self, master_key: bytes, purpose: str) -> None:
        if len(master_key) < 32:
            raise ValueError("the master key needs at least 32 bytes")
        self._aead = AESGCM(_derive(master_key, f"encrypt:{purpose}"))
        self._match_key = _derive(master_key, f"match:{purpose}")

    def encrypt(self, text: str, *, bound_to: str = "") -> bytes:
        """Encrypt; `bound_to` (for instance the row's id) keeps a ciphertext from being moved to another row."""
        return self.encrypt_bytes(text.encode(), bound_to=bound_to)

    def decrypt(self, sealed: bytes, *, bound_to: str = "") -> str:
        """Decrypt; raises `cryptography.exceptions.InvalidTag` when the data or its row was changed."""
        return self.decrypt_bytes(sealed, bound_to=bound_to).decode()

    def encrypt_bytes(self, content: bytes, *, bound_to: str = "") -> bytes:
        """`encrypt` for what is no text, such as a file."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, content, bound_to.encode())

    def decrypt_bytes(self, sealed: bytes, *, bound_to: str = "") -> bytes:
        """`decrypt` for what is no text."""
        return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())

    def match_code(self, text: str) -> bytes:
        """A keyed hash, equal for equal text."""
        return hmac.digest(self._match_key, text.strip().upper().encode(), sha256)


def _derive(master_key: bytes, info: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info.encode()).derive(master_key)
