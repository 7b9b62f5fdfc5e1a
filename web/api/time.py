"""What time it is for this service, how exactly, and signed on demand (B-47)."""

import re
from typing import Annotated, Any

from litestar import get
from litestar.datastructures import State
from litestar.params import Parameter
from litestar.response import Response

from auction.service_faults.time_statement import PURPOSE, sign_statement, statement
from core.crypto import SigningKey
from core.database import Database
from core.errors import InvalidInput
from core.i18n import msg
from web.api.problems import refuses

_NONCE = re.compile(r"[A-Za-z0-9_.:-]{8,64}")


@get("/api/v1/time", responses=refuses(400, 422))
async def tell_time(
    database: Database, state: State, nonce: Annotated[str | None, Parameter(max_length=64)] = None
) -> Response[dict[str, Any]]:
    """Court time, which decides over bids, and the clocks behind it.

    `drift_ms`: the clock of the answering process less the database's, known to `drift_within_ms`; `reference_ms`: the
    database's less the reference's. A training sandbox says `sandbox`: its time is not real, and how fast it goes. With
    `nonce` (8 to 64 letters, digits or _ . : -) the answer is signed: `signed` holds the signed bytes as text.
    """
    if nonce is not None and not _NONCE.fullmatch(nonce):
        raise InvalidInput(msg("nonce 应为 8 到 64 个字母、数字或 _ . : -。"), rule="B-47")
    async with database.read() as work:
        now = work.now
    sample = state.watchman.newest
    told: dict[str, Any] = {
        "court_time": now,
        "drift_ms": sample and sample.drift.offset_ms,
        "drift_within_ms": sample and sample.drift.within_ms,
        "reference": sample and sample.reference and sample.reference.source,
        "reference_ms": sample and sample.reference_ms,
        "reference_within_ms": sample and sample.reference and sample.reference.within_ms,
        "measured_at": sample and sample.taken_at,
    }
    if state.sandbox is not None:
        told["sandbox"] = state.sandbox.face
    if nonce is not None:
        key = SigningKey(state.settings.encryption_key(), PURPOSE)
        drift = sample and sample.drift
        told |= {
            "nonce": nonce,
            "signed": statement(nonce, now, drift).decode(),
            "signature": sign_statement(key, nonce, now, drift).hex(),
            "public_key": key.public_bytes.hex(),
        }
    return Response(told, headers={"cache-control": "no-store"})


route_handlers = [tell_time]
