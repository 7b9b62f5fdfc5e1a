"""Ed25519 signatures for bid receipts and log heads."""

from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class SigningKey:
    """A signing key derived from the master key and a purpose, so that it survives restarts without a key file."""

    def __init__(self, master_key: bytes, purpose: str) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(
            sha256(b"sign:" + purpose.encode() + master_key).digest()
        )
        self.public_bytes = self._private.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature."""
        return self._private.sign(message)


def verify_signature(public_bytes: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature fits message and public key."""
    try:
        Ed25519PublicKey.from_public_bytes(public_bytes).verify(signature, message)
    except InvalidSignature:
        return False
    return True
