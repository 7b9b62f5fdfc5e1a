"""The keys that a reader of public files trusts, as options of the commands that verify offline."""

from typing import TYPE_CHECKING

from web.commands import CommandFailed

if TYPE_CHECKING:
    from auction.transparency.note import VerifierKey

KEY_DIGITS = 64


def read_public_key(typed: str | None) -> bytes | None:
    """The key for logs and receipts; None when none was given. Raises `CommandFailed`."""
    if not typed:
        return None
    try:
        key = bytes.fromhex(typed.strip())
    except ValueError:
        key = b""
    if 2 * len(key) != KEY_DIGITS:
        raise CommandFailed(
            "--public-key: 须为 64 位十六进制数，即核验页面上的公钥；形如 name+hash+base64 的是 --verifier-key · "
            "must be the 64 hexadecimal digits of the page where a sale is verified; name+hash+base64 is a --verifier-key"
        )
    return key


def read_verifier_keys(typed: str | None) -> "list[VerifierKey] | None":
    """The key for checkpoints, alone; None when none was given. Raises `CommandFailed`."""
    from auction.transparency.note import BadNote, read_verifier_key

    if not typed:
        return None
    try:
        return [read_verifier_key(typed)]
    except BadNote as error:
        raise CommandFailed(
            "--verifier-key: 须为公开日志页面上的检查点公钥 name+hash+base64 · "
            f"must be the key of the page of the public log, name+hash+base64: {error}"
        ) from error
