"""The seal chain: record, renew, release; the next waiting seal takes effect by itself (A-01…A-04)."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, may, require
from core.ids import new_id
from core.money import LARGEST_FEN
from disposal_teams.assets.advance import advance_asset, advance_locked, lock_asset
from disposal_teams.assets.follow_court import give_to_court
from disposal_teams.assets.models import Asset, AssetKind, AssetState, Seal, SealKind, SealState
from disposal_teams.assets.note import note_asset
from disposal_teams.assets.rank import chain_link, make_room
from disposal_teams.assets.rules import (
    IN_FORCE,
    PREPARATION_STATES,
    SOLD_STATES,
    check_order,
    check_renewal,
    check_seal_term,
    has_lapsed,
    is_on_sale,
    last_day_to_ask,
    latest_expiry,
    next_in_chain,
)
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.cases.rules import parse_case_number
from disposal_teams.plain_text import clean_text


async def seals_of(work: Work, asset_id: UUID) -> list[Seal]:
    """The seal chain of an asset in its order."""
    return list(
        await work.session.exec(select(Seal).where(Seal.asset_id == asset_id).order_by(col(Seal.position)))
    )


async def seal_in_force(work: Work, asset_id: UUID) -> Seal | None:
    """The seal that binds now: the one that publishing and disposal rest on (A-01); None when unsealed."""
    return (
        await work.session.exec(
            select(Seal).where(
                Seal.asset_id == asset_id, col(Seal.state).in_([str(state) for state in IN_FORCE])
            )
        )
    ).first()


async def record_seal(
    work: Work,
    asset: Asset,
    *,
    case_no: str,
    registered_on: date,
    expires_on: date | None = None,
    kind: SealKind = SealKind.ENFORCEMENT,
    creditor_name: str = "",
    claim_fen: int = 0,
    has_priority_right: bool = False,
    is_registered: bool = True,
) -> Seal:
    """Add a seal at its place in the chain: in force when it is the first, else waiting. One that is entered in the register
    goes before those that are not, also before the one in force (A-05).

    The court is the one of `case_no`; `expires_on` defaults to the longest term (A-02); the claim is in fen. Raises
    `InvalidInput`, `RuleViolation` (term, order, lapsed on arrival), `NotPermitted` (another court's seal).
    """
    number = parse_case_number(case_no)
    require(work.actor, Permission.RECORD_SEAL, court_code=number.court_code)
    fields: dict[str, Message] = {}
    creditor_name = clean_text(creditor_name, "creditor_name", fields, longest=80, required=False)
    today = _today(work)
    if registered_on > today:
        fields["registered_on"] = msg("查封登记日不能晚于今天。")
    if not 0 <= claim_fen <= LARGEST_FEN:
        fields["claim_fen"] = msg("金额须为 0 至 10 万亿元。")
    if number.province != "苏":
        fields["case_no"] = msg("案号 {number} 不是本市法院的案件。", number=str(number))
    if fields:
        raise InvalidInput(msg("查封信息有误，请按提示修改。"), fields=fields)
    asset_kind = AssetKind(asset.kind)
    expires_on = expires_on or latest_expiry(asset_kind, registered_on)
    check_seal_term(asset_kind, registered_on, expires_on)
    work.session.add(asset)
    await work.session.flush()
    asset = await lock_asset(work, asset)
    chain = await seals_of(work, asset.id)
    check_order([chain_link(seal) for seal in chain], registered_on, is_registered=is_registered)
    _refuse_second_of_case(chain, str(number))
    if AssetState(asset.state) in SOLD_STATES | {AssetState.CLOSED}:
        raise RuleViolation("A-03", msg("标的物已成交，不能再登记查封。可在价款分配中申请参与分配。"))
    position, replaced = await make_room(work, asset, chain, is_registered=is_registered)
    waits = replaced is None and any(SealState(seal.state) in IN_FORCE for seal in chain)
    if not waits:
        _check_first(asset, number.court_code, expires_on, today, takes_over=replaced is not None)
    seal = Seal(
        id=new_id(),
        asset_id=asset.id,
        position=position,
        court_code=number.court_code,
        case_no=str(number),
        creditor_name=creditor_name,
        claim_fen=claim_fen,
        has_priority_right=has_priority_right,
        is_registered=is_registered,
        kind=SealKind(kind),
        state=SealState.WAITING if waits else SealState.EFFECTIVE,
        registered_on=registered_on,
        expires_on=expires_on,
        effective_on=None if waits else registered_on,
    )
    work.session.add(seal)
    await note_asset(
        work,
        asset,
        "seal.recorded",
        "A-04" if waits else "A-01",
        flush=False,
        seal=str(seal.id),
        position=seal.position,
        state=seal.state,
        seal_case_no=seal.case_no,
        expires_on=expires_on.isoformat(),
    )
    if not waits and AssetState(asset.state) in {AssetState.REGISTERED, AssetState.SEALED_WAITING}:
        await advance_locked(
            work, asset, AssetState.SEALED_EFFECTIVE, sealed=True, reason="查封生效", rule="A-01"
        )
    if replaced is not None and number.court_code != asset.court_code:
        await work.session.flush()
        await _follow_seal(work, asset, seal)
    return seal


async def renew_seal(
    work: Work, seal_id: UUID, *, new_expires_on: date, reason: str, asked_on: date | None = None
) -> Seal:
    """Prolong a seal before its end, within the cap (A-02). For the seal's court, or the court that disposes (T-05).

    `asked_on`: the day on which the party asked; kept, and whether that was in time (A-07). The court may always act itself.
    """
    seal, asset = await seal_for_change(work, seal_id)
    if SealState(seal.state) not in IN_FORCE:
        raise RuleViolation("A-02", msg("只有生效中的查封可以续封。"))
    check_renewal(
        AssetKind(asset.kind), expires_on=seal.expires_on, new_expires_on=new_expires_on, today=_today(work)
    )
    before, seal.expires_on, seal.alarm_days = seal.expires_on, new_expires_on, None
    await note_asset(
        work,
        asset,
        "seal.renewed",
        "A-02",
        seal=str(seal.id),
        before=before.isoformat(),
        after=new_expires_on.isoformat(),
        reason=reason,
        asked_on=asked_on.isoformat() if asked_on else None,
        asked_in_time=asked_on <= last_day_to_ask(before) if asked_on else None,
    )
    return seal


async def release_seal(work: Work, seal_id: UUID, *, reason: str) -> Seal:
    """Lift a seal; if it was in force, the next waiting one takes effect (A-04).

    Raises `RuleViolation` while the asset is on sale or sold: the sale must be ended first.
    """
    seal, asset = await seal_for_change(work, seal_id)
    if SealState(seal.state) not in IN_FORCE | {SealState.WAITING}:
        raise Conflict(msg("该查封已经失效或解除。"))
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=200)
    if fields:
        raise InvalidInput(msg("请写明解除查封的理由。"), fields=fields)
    if SealState(seal.state) in IN_FORCE and (
        is_on_sale(asset) or AssetState(asset.state) in SOLD_STATES | {AssetState.LISTED}
    ):
        raise RuleViolation("A-01", msg("标的物正在拍卖或已成交，不能解除查封。请先撤回拍卖或办结交付。"))
    await _end_seal(work, asset, seal, SealState.RELEASED, rule="A-04", reason=reason)
    return seal


async def lift_seals(work: Work, asset: Asset, *, reason: str, rule: str) -> int:
    """Lift every living seal of the asset's own court, as the law requires of it, and tell the chain; returns how many.

    Seals of other courts are theirs to lift. The caller has checked that the actor may do the act behind it.
    """
    asset = await lock_asset(work, asset)
    lifted = 0
    for seal in reversed(
        await seals_of(work, asset.id)
    ):  # waiting ones first, so that none of ours takes effect
        if seal.court_code == asset.court_code and SealState(seal.state) in IN_FORCE | {SealState.WAITING}:
            await _end_seal(work, asset, seal, SealState.RELEASED, rule=rule, reason=reason)
            lifted += 1
    return lifted


@dataclass(frozen=True, slots=True)
class RestoredSeals:
    """What became of the seals that a ruling had ended: alive again, or past their term meanwhile (A-03)."""

    restored: int
    lost: int


async def restore_seals(work: Work, asset: Asset, *, reason: str, rule: str) -> RestoredSeals:
    """The ruling that ended the seals of a sold asset is undone: each is again what it was (A-03).

    One whose term has passed meanwhile stays lapsed; the next waiting one then takes effect (A-04). The caller has checked
    that the actor may do the act behind it.
    """
    asset = await lock_asset(work, asset)
    today, restored, lost = _today(work), 0, 0
    ended: Seal | None = None
    for seal in await seals_of(work, asset.id):
        if seal.state_before_ruling is None or SealState(seal.state) is not SealState.LAPSED:
            continue
        was, seal.state_before_ruling = SealState(seal.state_before_ruling), None
        if was in IN_FORCE and has_lapsed(expires_on=seal.expires_on, today=today):
            lost, ended = lost + 1, seal
            continue
        seal.state, seal.ended_on = was, None
        restored += 1
    await work.session.flush()
    await note_asset(
        work,
        asset,
        "seals.restored",
        rule,
        restored=restored,
        lost=lost,
        reason=reason,
    )
    if ended is not None:
        await _promote_next(work, asset, ended=ended)
    return RestoredSeals(restored, lost)


async def lapse_seal(work: Work, seal: Seal) -> bool:
    """End a seal whose last day has passed, and promote the next (A-03, A-04). False when there is nothing to do."""
    asset = await work.session.get(Asset, seal.asset_id)
    if asset is None:
        return False
    asset = await lock_asset(work, asset)
    await work.session.refresh(seal)
    if SealState(seal.state) not in IN_FORCE or not has_lapsed(
        expires_on=seal.expires_on, today=_today(work)
    ):
        return False
    await _end_seal(work, asset, seal, SealState.LAPSED, rule="A-03", reason="查封到期未续")
    return True


async def _end_seal(
    work: Work, asset: Asset, seal: Seal, state: SealState, *, rule: str, reason: str
) -> None:
    was_in_force = SealState(seal.state) in IN_FORCE
    seal.state, seal.ended_on = state, _today(work)
    await note_asset(
        work,
        asset,
        "seal.released" if state is SealState.RELEASED else "seal.lapsed",
        rule,
        seal=str(seal.id),
        position=seal.position,
        reason=reason,
    )
    if was_in_force:
        await _promote_next(work, asset, ended=seal)


async def _promote_next(work: Work, asset: Asset, *, ended: Seal) -> None:
    chain = await seals_of(work, asset.id)
    position = next_in_chain([chain_link(seal) for seal in chain])
    if position is None:
        await _left_unsealed(work, asset, released=SealState(ended.state) is SealState.RELEASED)
        return
    seal = next(link for link in chain if link.position == position)
    today = _today(work)
    term = seal.expires_on - seal.registered_on
    seal.state = SealState.EFFECTIVE
    seal.effective_on = today
    seal.expires_on = min(today + term, latest_expiry(AssetKind(asset.kind), today))
    await note_asset(
        work,
        asset,
        "seal.promoted",
        "A-04",
        seal=str(seal.id),
        position=seal.position,
        court=seal.court_code,
        expires_on=seal.expires_on.isoformat(),
    )
    movable = PREPARATION_STATES | {AssetState.TRANSFER_PENDING}
    if seal.court_code != asset.court_code and AssetState(asset.state) in movable:
        await _follow_seal(work, asset, seal)


async def _follow_seal(work: Work, asset: Asset, seal: Seal) -> None:
    """The court whose seal is now the first disposes (T-01), in its own case when that is registered here."""
    before = asset.court_code
    case = (
        await work.session.exec(select(EnforcementCase).where(EnforcementCase.case_no == seal.case_no))
    ).first()
    await give_to_court(work, asset, seal.court_code)
    if case is not None:
        asset.case_id = case.id
    await note_asset(
        work,
        asset,
        "asset.court_changed",
        "T-01",
        before=before,
        after=asset.court_code,
    )


async def _left_unsealed(work: Work, asset: Asset, *, released: bool) -> None:
    """No seal is left: preparation ends; a sale that runs is left to the people, with a red flag (A-01)."""
    state = AssetState(asset.state)
    if not is_on_sale(asset) and state in PREPARATION_STATES | {
        AssetState.SUSPENDED,
        AssetState.TRANSFER_PENDING,
        AssetState.OFFERED_IN_KIND,
    }:
        if released or state not in PREPARATION_STATES:
            await advance_asset(work, asset, AssetState.UNSOLD_RELEASED, reason="查封全部解除", rule="A-04")
        else:
            await advance_asset(work, asset, AssetState.REGISTERED, reason="查封失效", rule="A-03")
    elif is_on_sale(asset) or state in {AssetState.LISTED, AssetState.SELF_SALE}:
        await note_asset(work, asset, "asset.unsealed_on_sale", "A-01")


async def seal_for_change(work: Work, seal_id: UUID) -> tuple[Seal, Asset]:
    """A seal with its locked asset, for who may change it: its court, or the court that took the asset over (T-05)."""
    seal = await work.session.get(Seal, seal_id)
    asset = await work.session.get(Asset, seal.asset_id) if seal is not None else None
    if seal is None or asset is None:
        raise NotFound(msg("没有找到该查封。"))
    asset = await lock_asset(work, asset)
    await work.session.refresh(seal)
    taken_over = SealState(seal.state) is SealState.TREATED_AS_TRANSFERRED
    court = asset.court_code if taken_over else seal.court_code
    if not may(work.actor, Permission.RECORD_SEAL, court_code=court):
        if may(work.actor, Permission.SEE_COURT_FILES, court_code=court):
            raise NotPermitted(msg("您的岗位无权办理查封事项。"), rule="P-03")
        raise NotFound(msg("没有找到该查封。"), rule="P-03")
    return seal, asset


def _check_first(asset: Asset, court_code: str, expires_on: date, today: date, *, takes_over: bool) -> None:
    if court_code != asset.court_code and not takes_over:
        raise RuleViolation(
            "T-01", msg("首先查封应由登记该标的物的法院办理。请先由首封法院登记，再录入本院的轮候查封。")
        )
    if has_lapsed(expires_on=expires_on, today=today):
        raise RuleViolation(
            "A-03", msg("该查封已于 {day} 到期，请先续封再登记。", day=expires_on.isoformat())
        )


def _refuse_second_of_case(chain: list[Seal], case_no: str) -> None:
    living = IN_FORCE | {SealState.WAITING}
    if any(seal.case_no == case_no and SealState(seal.state) in living for seal in chain):
        raise Conflict(msg("案件 {case_no} 对该标的物的查封已经登记。", case_no=case_no), rule="A-04")


def _today(work: Work) -> date:
    return work.now.astimezone(COURT_ZONE).date()


def expiry_horizon(work: Work, days: int) -> date:
    """The court day `days` from now."""
    return _today(work) + timedelta(days=days)
