"""RFC 3161 time stamps: an authority outside the court confirms that a checkpoint existed at a time.

A checkpoint holds everything before it, so only the newest is stamped, and one that could not be stamped is covered by the
next. Whatever goes wrong at the authority holds nothing up.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import new
from pathlib import Path
from typing import Any

import structlog
from sqlmodel import select

from auction.transparency.check_tree import Finding
from auction.transparency.models import Checkpoint, FaultKind, TimeStamp
from auction.transparency.tree import latest_checkpoint
from core.database import Work
from core.settings import get_settings

LONGEST_WAIT_S = 10

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StampCheck:
    """What a time stamp proves. `intact`: signed by `authority` for exactly this note; `trusted`: by a root that we know."""

    stamped_at: datetime
    authority: str
    intact: bool
    trusted: bool


class NotAStamp(ValueError):
    """The token is no time stamp. The argument says why, in English."""


async def stamp_newest(work: Work) -> TimeStamp | None:
    """Have the newest checkpoint stamped, if an authority is configured and it is not yet; None when nothing came of it."""
    url, checkpoint = get_settings().time_stamp_url, await latest_checkpoint(work)
    if url is None or checkpoint is None or await work.session.get(TimeStamp, checkpoint.size) is not None:
        return None
    try:
        token = await _ask(url, checkpoint.note)
        checked = await check_stamp(checkpoint.note, token, trusted_roots())
    except Exception as error:  # noqa: BLE001 - whatever goes wrong abroad, the log goes on
        log.warning("time_stamp.failed", size=checkpoint.size, error=f"{type(error).__name__}: {error}")
        return None
    if not checked.intact:
        log.warning("time_stamp.not_for_us", size=checkpoint.size, authority=checked.authority)
        return None
    stamp = TimeStamp(
        size=checkpoint.size,
        authority=checked.authority[:300],
        token=token,
        stamped_at=checked.stamped_at,
        received_at=work.now,
    )
    work.session.add(stamp)
    await work.session.flush()
    return stamp


async def _ask(url: str, note: str) -> bytes:
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

    client = RequestsHTTPTimeStamper(url, timeout=LONGEST_WAIT_S)  # type: ignore[no-untyped-call]
    token = await client.async_timestamp(new("sha256", note.encode()).digest(), "sha256")
    content: bytes = token.dump()
    return content


async def check_stamp(note: str, token: bytes, roots: list[Any]) -> StampCheck:
    """Check a time stamp on a note (RFC 3161), as of the moment that it states. Raises `NotAStamp`."""
    from asn1crypto import cms  # type: ignore[import-untyped]
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
    from pyhanko.sign.validation.status import TimestampSignatureStatus
    from pyhanko_certvalidator import ValidationContext

    try:
        signed = cms.ContentInfo.load(token)["content"]
        moment: datetime = signed["encap_content_info"]["content"].parsed["gen_time"].native
        context = ValidationContext(trust_roots=roots, moment=moment, allow_fetching=False)
        found = await validate_tst_signed_data(
            signed, context, lambda algorithm: new(algorithm, note.encode()).digest()
        )
        status = TimestampSignatureStatus(**found)
    except (SignatureValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotAStamp(f"not an RFC 3161 time stamp ({error})") from error
    return StampCheck(
        stamped_at=moment.astimezone(UTC),
        authority=status.signing_cert.subject.human_friendly,
        intact=bool(status.intact and status.valid),
        trusted=bool(status.trusted),
    )


def trusted_roots() -> list[Any]:
    """The configured root certificates."""
    path = get_settings().time_stamp_roots
    return [] if path is None else read_roots(path)


@cache
def read_roots(path: Path) -> list[Any]:
    """The certificates of a PEM file. Raises `OSError` or `ValueError`."""
    from pyhanko.keys import load_certs_from_pemder

    return list(load_certs_from_pemder([str(path)]))  # type: ignore[no-untyped-call]


async def check_stamps(work: Work, begin: int, end: int) -> list[Finding]:
    """The time stamps on checkpoints with sizes in (begin, end], for the self-check."""
    rows = await work.session.exec(
        select(TimeStamp, Checkpoint.note)
        .join(Checkpoint, Checkpoint.size == TimeStamp.size, isouter=True)  # type: ignore[arg-type]
        .where(TimeStamp.size > begin, TimeStamp.size <= end)
    )
    findings = []
    for stamp, note in rows:
        try:
            checked = await check_stamp(note or "", stamp.token, trusted_roots())
            fits = checked.intact and (checked.stamped_at, checked.authority[:300]) == (
                stamp.stamped_at,
                stamp.authority,
            )
            detail = "the time stamp is for another note, or its columns say something else"
        except NotAStamp as error:
            fits, detail = False, str(error)
        if not fits:
            findings.append(Finding(FaultKind.TIME_STAMP_INVALID, f"checkpoint:size {stamp.size}", detail))
    return findings
