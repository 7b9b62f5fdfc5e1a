"""Encryption of personal data at rest, blind matching of identity numbers, and signing keys."""

from core.crypto.fields import FieldCipher
from core.crypto.signing import SigningKey, verify_signature
from core.crypto.structs import StructSeal

__all__ = ["FieldCipher", "SigningKey", "StructSeal", "verify_signature"]
