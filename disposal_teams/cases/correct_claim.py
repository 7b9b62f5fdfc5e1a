"""Correct the claim of a creditor: after a payment, a set-off or a new calculation (B-31 counts from it)."""

from uuid import UUID

from core.audit import record
from core.database import Work
from core.errors import InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, require
from core.money import LARGEST_FEN
from disposal_teams.cases.models import EnforcementCase, Party
from disposal_teams.plain_text import clean_text


async def correct_claim(work: Work, party_id: UUID, *, claim_fen: int, reason: str) -> Party:
    """Set what a creditor still claims, in fen, with the reason. Raises `InvalidInput`, `NotFound`, `NotPermitted`."""
    party = await work.session.get(Party, party_id, with_for_update=True, populate_existing=True)
    if party is None:
        raise NotFound(msg("没有找到该当事人。"))
    case = await work.session.get_one(EnforcementCase, party.case_id)
    require(work.actor, Permission.REGISTER_ASSET, court_code=case.court_code)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "claim_reason", fields, longest=200)
    if not 0 <= claim_fen <= LARGEST_FEN:
        fields["new_claim"] = msg("金额须为 0 至 10 万亿元。")
    if fields:
        raise InvalidInput(msg("债权数额有误，请按提示修改。"), fields=fields, rule="B-31")
    before, party.claim_fen, party.claim_corrected_at = party.claim_fen, claim_fen, work.now
    await record(
        work, "case.claim_corrected", stream=f"case:{case.id}", rule="B-31", case_id=case.id, party=str(party_id),
        before_fen=before, after_fen=claim_fen, reason=reason,
    )  # fmt: skip
    return party
