"""An enterprise that cannot pay is referred to the bankruptcy court: the sale stands still, then ends or goes on (B-53, L-44)."""

from collections.abc import Sequence
from uuid import UUID

from auction.listing.lock_bidding import lock_bidding
from auction.listing.models import Lot
from auction.listing.note import note_lot
from auction.listing.parts import lot_seals
from auction.listing.queries import lot_for_update
from auction.suspension.end_stay import end_stays
from auction.suspension.grounds import BANKRUPTCY_REFERENCE
from auction.suspension.models import Stay, StayKind
from auction.suspension.pause import pause_lots
from auction.withdrawal.end_sale import end_sale
from auction.withdrawal.withdraw_lot import withdraw_lot
from core.database import Work
from core.deadlines import meet_deadline, open_deadline
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from disposal_teams.assets.models import SealState
from disposal_teams.assets.rules import IN_FORCE
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

CONSENT_LABELS: dict[str, str] = {"applicant": "申请执行人之一同意", "debtor": "被执行人同意"}


async def refer_to_bankruptcy(
    work: Work,
    lot_id: UUID,
    *,
    consent_of: str,
    bankruptcy_court: str,
    reason: str,
    approver: str,
    panel: Sequence[str],
    minutes: str = "",
) -> Stay:
    """Stop a lot of an enterprise that cannot pay and note that its papers went to the bankruptcy court.

    One applicant or the debtor must consent (`consent_of`: a key of `CONSENT_LABELS`); the bankruptcy court answers within
    30 days (L-44). Raises `RuleViolation` (B-53: no enterprise), `InvalidInput`, and what `pause_lots` raises.
    """
    lot = await lot_for_update(work, lot_id)
    require(work.actor, Permission.STOP_LISTING, court_code=lot.court_code)
    fields: dict[str, Message] = {}
    if consent_of not in CONSENT_LABELS:
        fields["consent_of"] = msg("移送破产须经申请执行人之一或者被执行人同意。")
    bankruptcy_court = clean_text(bankruptcy_court, "bankruptcy_court", fields, longest=80)
    if fields:
        raise InvalidInput(msg("移送破产审查有误，请按提示修改。"), fields=fields, rule="B-53")
    debtors = [party for party in await parties_of(work, lot.case_id) if party.role == PartyRole.DEBTOR]
    if not any(not party.is_natural_person for party in debtors):
        raise RuleViolation("B-53", msg("只有被执行人是企业法人的案件可以移送破产审查。"))
    (stay,) = await pause_lots(
        work,
        [lot.id],
        kind=StayKind.SUSPENSION,
        ground=BANKRUPTCY_REFERENCE,
        reason=reason,
        approver=approver,
        panel=panel,
        minutes=minutes,
    )
    await open_deadline(
        work,
        "L-44",
        subject_kind="stay",
        subject_id=stay.id,
        owner_role=Role.CASE_OFFICER,
        owner_court=lot.court_code,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        lot_id=lot.id,
        trigger_event="lot.bankruptcy_referred",
    )
    await note_lot(
        work,
        lot,
        "lot.bankruptcy_referred",
        "B-53",
        stay=str(stay.id),
        consent=consent_of,
        to=bankruptcy_court,
    )
    return stay


async def record_bankruptcy_answer(
    work: Work,
    stay_id: UUID,
    *,
    is_accepted: bool,
    answer: str,
    approver: str = "",
    panel: Sequence[str] = (),
) -> Stay:
    """Note the bankruptcy court's answer. Accepted: the run ends and the seals are lifted; else it may go on (L-25).

    `answer` names the court's ruling. Raises `Conflict` (answered already), `InvalidInput`, `NotPermitted`.
    """
    stay = await work.session.get(Stay, stay_id)
    if stay is None or stay.ground != BANKRUPTCY_REFERENCE:
        raise NotFound(msg("没有找到该移送破产审查。"))
    work, ((bidding, lot),) = await lock_bidding(work, [stay.lot_id])
    require(work.actor, Permission.STOP_LISTING, court_code=lot.court_code)
    await work.session.refresh(stay)
    if not stay.in_force:
        raise Conflict(msg("破产审查的结果已经登记。"), rule="B-53")
    fields: dict[str, Message] = {}
    answer = clean_text(answer, "answer", fields, longest=300)
    if fields:
        raise InvalidInput(msg("请写明破产法院裁定的文号和内容。"), fields=fields, rule="B-53")
    await meet_deadline(
        work, "L-44", subject_kind="stay", subject_id=stay.id, done_event="lot.bankruptcy_answered"
    )
    await note_lot(
        work, lot, "lot.bankruptcy_answered", "B-53", stay=str(stay.id), accepted=is_accepted, answer=answer
    )
    if not is_accepted:
        await end_stays(work, [lot.id], note=answer, stay_id=stay.id)
    elif bidding.has_begun(work.now):
        await end_sale(work, lot.id, ground="bankruptcy", reason=answer, approver=approver, panel=panel)
        await _ask_others_to_lift(work, lot, stay)
    else:
        await withdraw_lot(work, lot.id, ground="bankruptcy", reason=answer)
        await _ask_others_to_lift(work, lot, stay)
    return stay


async def _ask_others_to_lift(work: Work, lot: Lot, stay: Stay) -> None:
    """Other courts lift their own seals; each is told once."""
    living = IN_FORCE | {SealState.WAITING}
    courts = {seal.court_code for seal in await lot_seals(work, lot) if SealState(seal.state) in living}
    for court_code in sorted(courts - {lot.court_code}):
        await tell_court(
            work,
            court_code,
            Role.CASE_OFFICER,
            Role.BUREAU_DIRECTOR,
            key=f"bankruptcy:{stay.id}",
            title=msg("被执行人破产，请依法解除查封"),
            body=msg(
                "“{title}”的被执行人破产案件已经受理，执行程序中止，请依法解除本院的查封。", title=lot.title
            ),
        )
