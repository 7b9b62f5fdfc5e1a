"""A debtor's own sale at the court: entered from paper, decided by the panel, watched, and released when it is paid."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.self_sale import rules
from auction.self_sale.apply import apply_for_self_sale, name_buyer, withdraw_self_sale
from auction.self_sale.decide import allow_self_sale, refuse_self_sale
from auction.self_sale.models import SelfSaleGround, SelfSaleState
from auction.self_sale.papers import release_seals
from auction.self_sale.queries import creditors_of, papers_of_sale, sales_of_asset
from core.clock import COURT_ZONE
from core.database import Database, Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Actor, Permission, may
from core.legal_settings import legal
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import open_own_asset
from disposal_teams.cases.labels import PARTY_ROLE_LABELS
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.courts.queries import court_of
from valuation.reference_price import reference_price_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, translated
from web.team.asset_steps import take_on_asset
from web.team.fields import panel_members

BASE = "/team/assets/{asset_no:str}/self-sale"
S = SelfSaleState
TAGS: dict[SelfSaleState, str] = {
    S.FILED: "warn",
    S.ALLOWED: "info",
    S.PAID: "warn",
    S.RELEASED: "good",
    S.REFUSED: "bad",
    S.EXPIRED: "bad",
}


@get(BASE, include_in_schema=False)
async def self_sale_page(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """What is open, what may be done with it, and what was before."""
    return await _show(request, database, require_staff(visitor), asset_no, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form
) -> Response[Any]:
    async with database.begin(actor) as work:
        subject = await open_own_asset(work, asset_no)
        sales = await sales_of_asset(work, subject.id)
        parties = await parties_of(work, subject.case_id)
        price = await reference_price_of(work, subject.id)
        creditors = await creditors_of(work, subject.case_id)
        papers = {sale.id: await papers_of_sale(work, sale) for sale in sales}
        court = await court_of(work, subject.court_code)
        now = work.now
    current = next((sale for sale in sales if sale.state in (S.FILED, S.ALLOWED, S.PAID)), None)
    form.values.setdefault("decided_on", now.astimezone(COURT_ZONE).date().isoformat())
    return page(
        request,
        "self_sale/desk.html",
        status=form.status,
        form=form,
        subject=subject,
        current=current,
        court=court,
        sales=sales,
        papers=papers,
        debtors=[(str(each.id), each.name) for each in parties if each.role == PartyRole.DEBTOR],
        names={each.id: each.name for each in parties},
        creditors=creditors,
        party_labels=PARTY_ROLE_LABELS,
        price=price,
        most_days=legal().self_sale_days,
        share_months=legal().self_sale_share_months,
        grounds=[(str(each), translated(request, msg(text))) for each, text in rules.GROUND_LABELS.items()],
        ground_labels=rules.GROUND_LABELS,
        ground_rules=rules.GROUND_RULES,
        sale_states=rules.STATE_LABELS,
        sale_tags=TAGS,
        may_enter=may(actor, Permission.DRAFT_LISTING, court_code=subject.court_code),
        may_decide=may(actor, Permission.RECORD_PANEL_DECISION, court_code=subject.court_code),
        may_release=may(actor, Permission.ISSUE_RULING, court_code=subject.court_code),
        now=now,
        server_time=now,
    )


@post(BASE, include_in_schema=False)
async def enter(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """Write a paper application down."""
    actor = require_staff(visitor)
    form = await read_form(request)
    ground = form.choice("ground", SelfSaleGround)
    debtor_id = form.identifier("debtor")
    price_fen = form.yuan("price", least_fen=1)
    reason = form.text("reason", longest=1000, lines=True)
    buyer = form.text("buyer", required=False, longest=80)
    related = form.flag("related")

    async def act(work: Work, asset: Asset) -> None:
        assert ground is not None
        await apply_for_self_sale(
            work,
            asset.id,
            ground=ground,
            price_fen=price_fen,
            reason=reason,
            buyer_name=buyer,
            buyer_is_related=related,
            debtor_id=debtor_id,
        )

    said = msg("自行变卖申请已录入，待合议庭决定。")
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="self-sale"
    )


@post(BASE + "/{sale_id:uuid}/decision", include_in_schema=False)
async def decide(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str, sale_id: UUID
) -> Response[Any]:
    """The panel allows or refuses."""
    actor = require_staff(visitor)
    form = await read_form(request)
    allowed = form.choice("outcome", ("allow", "refuse")) == "allow"
    days = form.integer("days", least=1, most=366, required=allowed)
    minutes = form.text("minutes", longest=2000, lines=True)
    members = panel_members(form)
    decided_on = form.day("decided_on")
    consents = {
        name.removeprefix("consent_"): form.text(name, required=False, longest=200)
        for name in form.values
        if name.startswith("consent_")
    }

    async def act(work: Work, asset: Asset) -> None:
        await _of_asset(work, asset, sale_id)
        assert decided_on is not None
        if allowed:
            await allow_self_sale(
                work,
                sale_id,
                days=days,
                consents=consents,
                members=members,
                minutes=minutes,
                decided_on=decided_on,
            )
        else:
            await refuse_self_sale(work, sale_id, members=members, minutes=minutes, decided_on=decided_on)

    said = msg("自行变卖的决定已记录。")
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="self-sale"
    )


@post(BASE + "/{sale_id:uuid}/buyer", include_in_schema=False)
async def buyer(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str, sale_id: UUID
) -> Response[Any]:
    """Name the buyer for the debtor."""
    actor = require_staff(visitor)
    form = await read_form(request)
    name = form.text("buyer", longest=80)
    price_fen = form.yuan("price", least_fen=1)
    related = form.flag("related")

    async def act(work: Work, asset: Asset) -> None:
        await _of_asset(work, asset, sale_id)
        await name_buyer(work, sale_id, buyer_name=name, price_fen=price_fen, buyer_is_related=related)

    said = msg("买受人已登记，价款须存入法院账户。")
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="self-sale"
    )


@post(BASE + "/{sale_id:uuid}/{step:str}", include_in_schema=False)
async def take_step(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str, sale_id: UUID, step: str
) -> Response[Any]:
    """Lift the seals of a paid sale, or take an application back for the debtor."""
    actor = require_staff(visitor)
    steps = {
        "release": (release_seals, msg("已裁定解除查封，请送达登记机构。")),
        "withdraw": (withdraw_self_sale, msg("自行变卖已撤回，恢复处置。")),
    }
    if step not in steps:
        raise NotFound(msg("没有找到该自行变卖申请。"))
    use_case, said = steps[step]

    async def act(work: Work, asset: Asset) -> None:
        await _of_asset(work, asset, sale_id)
        await use_case(work, sale_id)

    form = await read_form(request)
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="self-sale"
    )


async def _of_asset(work: Work, asset: Asset, sale_id: UUID) -> None:
    if sale_id not in {sale.id for sale in await sales_of_asset(work, asset.id)}:
        raise NotFound(msg("没有找到该自行变卖申请。"))


route_handlers = [self_sale_page, enter, decide, buyer, take_step]
