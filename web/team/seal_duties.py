"""What follows from a seal: notices to mortgagees and co-owners, partition suits, excess (A-06, A-07, A-09, A-10)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database, Work
from core.deadlines.rules import day_in_court
from core.errors import NotFound
from core.i18n import msg
from core.identity import Actor, Permission, may
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import asset_of, open_own_asset
from disposal_teams.assets.turn_seal import turn_into_enforcement
from disposal_teams.cases.link import link_case
from disposal_teams.cases.queries import case_by_number, open_case_file
from disposal_teams.cases.rules import normalise_case_number
from disposal_teams.seal_duties.models import Concerned
from disposal_teams.seal_duties.notices import (
    CONCERNED_LABELS,
    duties_of,
    end_partition_suit,
    enter_concerned,
    file_partition_suit,
    note_received,
    note_sent,
)
from disposal_teams.seal_duties.scope import NEEDED_LABELS, Worth, check_excess, checks_of, sealed_assets
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import carried_out
from web.forms import Form, read_form
from web.rendering import page, see_other
from web.team.asset_steps import take_on_asset
from web.team.fields import as_refusal
from web.team.labels import shown

NOTICES = "/team/assets/{asset_no:str}/seal-notices"
SUITS = "/team/assets/{asset_no:str}/partition-suits"
EXCESS = "/team/cases/{case_id:uuid}/excess"


@get(NOTICES, include_in_schema=False)
async def notices_page(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """Who must be told of the seal, who was, and the suits for partition."""
    return await _show(
        request, database, require_staff(visitor), asset_no, Form.blank(kind=str(Concerned.MORTGAGEE))
    )


async def _show(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form
) -> Response[Any]:
    async with database.begin(actor) as work:
        subject = await open_own_asset(work, asset_no)
        duties = await duties_of(work, subject)
        today = day_in_court(work.now)
    return page(
        request,
        "team/seal_notices.html",
        status=form.status,
        form=form,
        subject=subject,
        duties=duties,
        concerned_labels=CONCERNED_LABELS,
        kinds=shown(request, [(str(each), msg(label)) for each, label in CONCERNED_LABELS.items()]),
        may_act=may(actor, Permission.RECORD_SEAL, court_code=subject.court_code),
        today=today,
    )


@post(NOTICES, include_in_schema=False)
async def enter(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """Enter somebody who must be told."""
    actor = require_staff(visitor)
    form = await read_form(request)
    kind = form.choice("kind", Concerned)
    name = form.text("name", longest=80)
    share = form.text("share", required=False, longest=40)

    async def act(work: Work, asset: Asset) -> None:
        assert kind is not None
        await enter_concerned(
            work, asset, kind=kind, name=name, share=share, is_maximum_amount=form.flag("is_maximum_amount")
        )

    said = msg("已登记，请及时发出通知。")
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="seal-notices"
    )


@post(NOTICES + "/{notice_id:uuid}", include_in_schema=False)
async def tell(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str, notice_id: UUID
) -> Response[Any]:
    """The notice went out, or was received."""
    actor = require_staff(visitor)
    form = await read_form(request)
    is_sent = form.choice("step", ("sent", "received")) == "sent"
    day = form.day("day")
    sent_by = form.text("sent_by", longest=80) if is_sent else ""
    owed_fen = 0 if is_sent else form.yuan("owed", required=False)
    highest_fen = 0 if is_sent else form.yuan("highest", required=False)

    async def act(work: Work, asset: Asset) -> None:
        assert day is not None
        if is_sent:
            await note_sent(work, asset, notice_id, sent_on=day, sent_by=sent_by)
        else:
            await note_received(
                work, asset, notice_id, received_on=day, owed_fen=owed_fen, highest_fen=highest_fen
            )

    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=msg("已登记。"), page="seal-notices"
    )


@post(SUITS, include_in_schema=False)
async def file_suit(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """A suit for partition was filed."""
    actor = require_staff(visitor)
    form = await read_form(request)
    plaintiff = form.text("plaintiff", longest=80)
    court_case = form.text("court_case", longest=80)
    filed_on = form.day("filed_on")

    async def act(work: Work, asset: Asset) -> None:
        assert filed_on is not None
        await file_partition_suit(work, asset, plaintiff=plaintiff, court_case=court_case, filed_on=filed_on)

    said = msg("析产诉讼已登记，标的物已中止。")
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="seal-notices"
    )


@post(SUITS + "/{suit_id:uuid}", include_in_schema=False)
async def end_suit(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str, suit_id: UUID
) -> Response[Any]:
    """The suit has ended."""
    actor = require_staff(visitor)
    form = await read_form(request)
    outcome = form.text("outcome", longest=500, lines=True)
    ended_on = form.day("ended_on")

    async def act(work: Work, asset: Asset) -> None:
        assert ended_on is not None
        await end_partition_suit(work, asset, suit_id, outcome=outcome, ended_on=ended_on)

    said = msg("析产诉讼已终结，标的物恢复执行。")
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="seal-notices"
    )


@post("/team/seals/{seal_id:uuid}/turn", include_in_schema=False)
async def turn(request: AnyRequest, database: Database, visitor: Visitor, seal_id: UUID) -> Response[Any]:
    """Let a case of enforcement go on with a preservation seal."""
    actor = require_staff(visitor)
    form = await read_form(request)
    number = form.text("case_no", longest=60)
    if form.is_bad:
        raise as_refusal(form)
    async with database.begin(actor) as work:
        case = await case_by_number(work, normalise_case_number(number))
        if case is None:
            raise NotFound(msg("执行案件尚未登记，请先登记案件。"))
        seal = await turn_into_enforcement(work, seal_id, case)
        subject = await asset_of(work, seal.asset_id)
    return see_other(request, f"/team/assets/{subject.asset_no}", said=msg("已转为执行查封，期限连续计算。"))


@post("/team/cases/{case_id:uuid}/links", include_in_schema=False)
async def link(request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID) -> Response[Any]:
    """Name a case of the same matter."""
    actor = require_staff(visitor)
    form = await read_form(request)
    number = form.text("linked_case_no", longest=60)
    if form.is_bad:
        raise as_refusal(form)
    async with database.begin(actor) as work:
        turned = await link_case(work, await open_case_file(work, case_id), case_no=number)
    said = msg("关联案件已登记，{count} 项保全查封已转为执行查封。", count=turned)
    return see_other(request, f"/team/cases/{case_id}", said=said if turned else msg("关联案件已登记。"))


@get(EXCESS, include_in_schema=False)
async def excess_page(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID
) -> Response[Any]:
    """The sealed assets of a case with what they are worth, against what it needs."""
    return await _excess(request, database, require_staff(visitor), case_id, Form.blank())


async def _excess(
    request: AnyRequest, database: Database, actor: Actor, case_id: UUID, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        case = await open_case_file(work, case_id)
        assets = await sealed_assets(work, case)
        checks = await checks_of(work, case)
    return page(
        request,
        "team/excess.html",
        status=form.status,
        form=form,
        case=case,
        assets=assets,
        checks=checks,
        needed_labels=NEEDED_LABELS,
        field_names={f"value-{asset.asset_no}": asset.title for asset, _ in assets},
        may_act=may(actor, Permission.RECORD_SEAL, court_code=case.court_code),
    )


@post(EXCESS, include_in_schema=False)
async def judge(request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID) -> Response[Any]:
    """Judge the seals."""
    actor = require_staff(visitor)
    form = await read_form(request)
    costs_fen = form.yuan("costs", required=False)
    reason = form.text("reason", required=False, longest=500, lines=True)
    async with database.read(actor) as work:
        assets = await sealed_assets(work, await open_case_file(work, case_id))
    worth = {
        asset.asset_no: Worth(
            form.yuan(f"value-{asset.asset_no}"), form.flag(f"indivisible-{asset.asset_no}")
        )
        for asset, _ in assets
    }

    async def act(work: Work) -> None:
        await check_excess(
            work, await open_case_file(work, case_id), worth, costs_fen=costs_fen, reason=reason
        )

    if await carried_out(database, actor, form, act):
        return see_other(request, f"/team/cases/{case_id}/excess", said=msg("核对已保存。"))
    return await _excess(request, database, actor, case_id, form)


route_handlers = [notices_page, enter, tell, file_suit, end_suit, turn, link, excess_page, judge]
