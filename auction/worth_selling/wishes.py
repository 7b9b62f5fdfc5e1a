"""A debtor or creditor asks how several assets be sold; the court answers with reasons (A-24, A-25)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from auction.worth_selling import rules
from auction.worth_selling.models import SaleWish, Wish, WishState
from core.audit import record
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from core.notices import notify
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.assets.rules import SEALED_STATES
from disposal_teams.cases.models import CREDITORS, Party, PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

S = WishState
MOST_ASSETS = 50
MAY_ASK = frozenset({PartyRole.DEBTOR, *CREDITORS})
OPEN_ASSETS = SEALED_STATES | {AssetState.SUSPENDED}


async def ask(
    work: Work,
    case_id: UUID,
    *,
    wish: Wish,
    asset_ids: Sequence[UUID],
    reason: str,
    party_id: UUID | None = None,
) -> SaleWish:
    """File the request of the acting party, or (staff) of the party `party_id` who asks on paper.

    `asset_ids` in the order that is wished. Raises `RuleViolation` (A-24, A-25), `InvalidInput` by field, `Conflict` while
    the same request waits, `NotFound` to anybody but a debtor or creditor of the case (P-03).
    """
    party, court_code = await _party(work, case_id, party_id)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=1000)
    known = {asset.id for asset in await open_assets(work, case_id)}
    wanted = list(dict.fromkeys(asset_ids))
    if wish is Wish.ALL and not wanted:
        wanted = sorted(known)
    if not wanted or len(wanted) > MOST_ASSETS or not set(wanted) <= known:
        fields["assets"] = msg("请选择本案尚未成交的财产。")
    if fields:
        raise InvalidInput(msg("申请有误，请按提示修改。"), fields=fields, rule="A-24")
    rules.check_wish(wish, is_debtor=party.role == PartyRole.DEBTOR, count=len(wanted))
    filed = SaleWish(
        id=new_id(),
        case_id=case_id,
        court_code=court_code,
        party_id=party.id,
        wish=wish,
        asset_ids=wanted,
        reason=reason,
        entered_by=work.actor.account_id if work.actor.is_staff else None,
        filed_at=work.now,
    )
    try:
        async with work.session.begin_nested():
            work.session.add(filed)
    except IntegrityError as error:
        raise Conflict(msg("同样的申请尚待法院答复。"), rule="A-24") from error
    await _note(work, filed, "sale_wish.filed")
    case = await case_of(work, case_id)
    await tell_court(
        work, court_code, Role.CASE_OFFICER, Role.DISPOSAL_TEAM, key=f"sale-wish:{filed.id}",
        title=msg("收到处置方式申请"), body=msg("{case_no}：当事人就多项财产的处置方式提出申请，请答复。", case_no=case.case_no),
        link=f"/team/cases/{case_id}/worth",
    )  # fmt: skip
    return filed


async def answer(work: Work, wish_id: UUID, *, accepts: bool, text: str) -> SaleWish:
    """The court answers with reasons. An accepted order binds the publication; joining is done by the panel's decision.

    Raises `RuleViolation` (also P-05), `InvalidInput`, `NotPermitted`.
    """
    filed = await _locked(work, wish_id)
    require(work.actor, Permission.DRAFT_LISTING, court_code=filed.court_code)
    rules.check_wish_state(filed.state, S.FILED)
    rules.check_decider(filed.entered_by, work.actor.account_id)
    fields: dict[str, Message] = {}
    text = clean_text(text, "answer", fields, longest=1000)
    if fields:
        raise InvalidInput(msg("答复有误，请按提示修改。"), fields=fields, rule="A-24")
    filed.state = S.ACCEPTED if accepts else S.REFUSED
    filed.answer, filed.answered_at = text, work.now
    filed.answered_by, filed.answered_by_name = work.actor.account_id, work.actor.name[:80]
    await _note(work, filed, f"sale_wish.{filed.state}")
    party = await work.session.get_one(Party, filed.party_id)
    if party.account_id is not None:
        await notify(
            work, account_id=party.account_id, key=f"sale-wish:{filed.id}:answer",
            title=msg("处置方式申请已采纳") if accepts else msg("处置方式申请未采纳"),
            body=msg("法院答复：{answer}", answer=text[:300]),
            link="/my/sale-wishes",
        )  # fmt: skip
    return filed


async def withdraw(work: Work, wish_id: UUID) -> SaleWish:
    """The party takes it back before it is answered. Raises `RuleViolation`, `NotFound` to anybody else (P-03)."""
    filed = await _locked(work, wish_id)
    party = await work.session.get_one(Party, filed.party_id)
    if party.account_id is None or party.account_id != work.actor.account_id:
        raise NotFound(msg("没有找到该申请。"), rule="P-03")
    rules.check_wish_state(filed.state, S.FILED)
    filed.state = S.WITHDRAWN
    await _note(work, filed, "sale_wish.withdrawn")
    return filed


async def open_assets(work: Work, case_id: UUID) -> list[Asset]:
    """The assets of a case that are neither sold nor given up, by number."""
    rows = await work.session.exec(
        select(Asset)
        .where(Asset.case_id == case_id, col(Asset.state).in_(sorted(str(state) for state in OPEN_ASSETS)))
        .order_by(Asset.asset_no)
    )
    return list(rows)


async def _party(work: Work, case_id: UUID, party_id: UUID | None) -> tuple[Party, str]:
    case = await case_of(work, case_id)
    if work.actor.is_staff:
        require(work.actor, Permission.DRAFT_LISTING, court_code=case.court_code)
    for party in await parties_of(work, case_id):
        own = party.account_id is not None and party.account_id == work.actor.account_id
        if party.role in MAY_ASK and (party.id == party_id if work.actor.is_staff else own):
            return party, case.court_code
    raise NotFound(msg("没有找到该案件。"), rule="P-03")


async def _locked(work: Work, wish_id: UUID) -> SaleWish:
    found = await work.session.get(SaleWish, wish_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(msg("没有找到该申请。"))
    return found


async def _note(work: Work, filed: SaleWish, event: str) -> None:
    await record(
        work, event, stream=f"case:{filed.case_id}", rule="A-24", case_id=filed.case_id, sale_wish=str(filed.id),
        wish=filed.wish, assets=[str(each) for each in filed.asset_ids],
    )  # fmt: skip
