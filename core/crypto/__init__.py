"""Encryption of personal data at rest, blind matching of identity numbers, and signing keys."""

from core.crypto.fields import FieldCipher
from core.crypto.signing import SigningKey, verify_signature

__all__ = ["FieldCipher", "SigningKey", "verify_signature"]
