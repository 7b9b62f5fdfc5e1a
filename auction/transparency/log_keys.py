"""The name of the public log and the keys that speak for it."""

from functools import cache
from urllib.parse import urlsplit

from auction.transparency.note import VerifierKey, read_verifier_key
from core.crypto import SigningKey
from core.settings import get_settings

PURPOSE = "log-checkpoints"
NAME_AT_HOME = "localhost/log"


def configured_origin() -> str:
    """The name under which a log begins. What its first checkpoint says holds for ever (`tree.origin_of_log`)."""
    settings = get_settings()
    host = urlsplit(settings.public_url or "").netloc
    return settings.log_origin or (f"{host}/log" if host else NAME_AT_HOME)


@cache
def checkpoint_key() -> SigningKey:
    """The key that signs checkpoints."""
    return SigningKey(get_settings().signing_secret(), PURPOSE)


def own_verifier_key(origin: str) -> VerifierKey:
    """What people need to check the checkpoints that are signed now."""
    return VerifierKey(origin, checkpoint_key().public_bytes)


def trusted_keys(origin: str) -> list[VerifierKey]:
    """The present key and those before it. Raises `BadNote` when an earlier one is not written as it should be."""
    earlier = get_settings().log_earlier_keys.split()
    return [own_verifier_key(origin), *map(read_verifier_key, earlier)]
