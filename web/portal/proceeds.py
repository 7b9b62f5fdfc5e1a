"""A person's own part of the money: the plan served, the own share, the account, joining a distribution (D-20, D-23, M-03)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.proceeds.accounts import PayeeAccount
from auction.proceeds.claims.join import ask_to_join, asset_to_join, give_account, withdraw_claim
from auction.proceeds.claims.queries import own_claims_on_money, window_of
from auction.proceeds.claims.rules import CUTOFF_LABELS
from auction.proceeds.objections.queries import objections_of, views_of
from auction.proceeds.objections.raise_objection import demand_words
from auction.proceeds.objections.rules import DEMAND_LABELS
from auction.proceeds.objections.rules import STATE_LABELS as OBJECTION_LABELS
from auction.proceeds.outstanding import own_outstanding
from auction.proceeds.payout.queries import own_payouts
from auction.proceeds.payout.rules import STATE_LABELS as PAYOUT_LABELS
from auction.proceeds.plan.draft import names_in
from auction.proceeds.plan.queries import own_distributions, own_part, own_plan_paper
from auction.proceeds.plan.serve import confirm_own_receipt
from auction.proceeds.rules import RANK_LABELS
from core.database import Database, Work
from core.errors import DisposalError, NotFound
from core.i18n import Message, msg
from core.identity import Actor
from core.sealed_files import MOST_BYTES
from disposal_teams.courts.queries import court_of
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import carried_out
from web.forms import Form, read_form
from web.papers import paper_answer
from web.rendering import page, see_other, translated
from web.team.proceeds import LABELS
from web.team.proceeds_entries import read_figures
from web.team.proceeds_objections import OBJECTION_TAGS


@get("/my/proceeds", include_in_schema=False)
async def own_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The distributions that concern the person, and the own requests to join."""
    actor = require_login(visitor)
    async with database.read(actor) as work:
        return page(
            request,
            "proceeds/own_list.html",
            files=await own_distributions(work),
            claims=await own_claims_on_money(work),
            due=[each for _, each in await own_outstanding(work) if each.claimed_fen],
            **LABELS,
        )


@get("/my/proceeds/{proceeds_id:uuid}", include_in_schema=False)
async def own_file(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """One distribution as the person may see it."""
    return await show_own(request, database, require_login(visitor), proceeds_id, Form.blank())


async def show_own(
    request: AnyRequest, database: Database, actor: Actor, proceeds_id: UUID, form: Form
) -> Response[Any]:
    """The page, with what was typed and what was wrong with it."""
    async with database.read(actor) as work:
        part = await own_part(work, proceeds_id)
        return page(
            request,
            "proceeds/own.html",
            status=form.status,
            form=form,
            part=part,
            file=part.proceeds,
            plan=part.plan,
            plan_names=await names_in(work, part.proceeds, part.plan) if part.plan else {},
            own_ids={str(each.id) for each in part.claims},
            own_services={each.id for each in part.services},
            objections=[
                (each, who, await views_of(work, each.id), demand_words(each))
                for each, who in (await objections_of(work, proceeds_id) if part.services else [])
            ],
            may_object=any(
                each.window_ends_at is not None and work.now < each.window_ends_at for each in part.services
            )
            and part.proceeds.state == "plan_served",
            payouts=await own_payouts(work, proceeds_id),
            objection_labels=OBJECTION_LABELS,
            objection_tags=OBJECTION_TAGS,
            payout_labels=PAYOUT_LABELS,
            demand_options=[
                (str(key), translated(request, msg(text))) for key, text in DEMAND_LABELS.items()
            ],
            new_rank_options=[
                (str(key), translated(request, msg(text))) for key, text in RANK_LABELS.items()
            ],
            court=await court_of(work, part.proceeds.court_code),
            server_time=work.now,
            **LABELS,
        )


async def take_own_step(
    request: AnyRequest,
    database: Database,
    actor: Actor,
    proceeds_id: UUID,
    form: Form,
    act: Any,
    said: Message,
) -> Response[Any]:
    """Do something with the own part and go to its page, or show the form with what was refused."""

    async def whole(work: Work) -> None:
        await own_part(work, proceeds_id)
        await act(work)

    if await carried_out(database, actor, form, whole):
        return see_other(request, f"/my/proceeds/{proceeds_id}", said=said)
    return await show_own(request, database, actor, proceeds_id, form)


@post("/my/proceeds/{proceeds_id:uuid}/receipt", include_in_schema=False)
async def confirm(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """The plan has arrived: the own fifteen days begin."""
    actor = require_login(visitor)

    async def act(work: Any) -> None:
        part = await own_part(work, proceeds_id)
        waiting = [each for each in part.services if each.received_at is None]
        if not waiting:
            raise NotFound(msg("没有找到送达您的分配方案。"))
        for each in waiting:
            await confirm_own_receipt(work, each.id)

    said = msg("已确认收到。有异议的，请在期限内提出。")
    return await take_own_step(request, database, actor, proceeds_id, Form.blank(), act, said)


def read_account(form: Form) -> PayeeAccount:
    """An account as typed."""
    return PayeeAccount(
        form.text("holder", longest=80),
        form.text("bank", longest=80),
        form.text("number", longest=40).replace(" ", ""),
    )


@post("/my/proceeds/{proceeds_id:uuid}/account", include_in_schema=False)
async def set_account(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """Say where to be paid."""
    actor = require_login(visitor)
    form = await read_form(request)
    account = read_account(form)

    async def act(work: Any) -> None:
        for claim in (await own_part(work, proceeds_id)).claims:
            await give_account(work, claim.id, account)

    return await take_own_step(request, database, actor, proceeds_id, form, act, msg("收款账户已保存。"))


@get("/my/proceeds/{proceeds_id:uuid}/documents/{document_id:uuid}", include_in_schema=False)
async def own_paper(
    database: Database, visitor: Visitor, proceeds_id: UUID, document_id: UUID
) -> Response[Any]:
    """The plan as a paper, for those it was served on."""
    actor = require_login(visitor)
    async with database.read(actor) as work:
        return paper_answer(await own_plan_paper(work, proceeds_id, document_id))


@get("/my/participation/{asset_no:str}", include_in_schema=False)
async def join_page(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """Ask to take part in the distribution of an asset's money."""
    return await _show_join(request, database, require_login(visitor), asset_no, Form.blank())


async def _show_join(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        subject = await asset_to_join(work, asset_no)
        window = await window_of(work, subject)
        for name, value in {"rank": "ordinary", "registered": "yes", "title": "yes"}.items():
            form.values.setdefault(name, value)
        return page(
            request,
            "proceeds/join.html",
            status=form.status,
            form=form,
            subject=subject,
            window=window,
            cutoff=CUTOFF_LABELS[window.cutoff],
            court=await court_of(work, subject.court_code),
            rank_options=[
                (str(rank), translated(request, msg(label)))
                for rank, label in RANK_LABELS.items()
                if rank in ("ordinary", "secured", "construction", "home_buyer", "tax", "medical")
            ],
            part_options=[(str(subject.id), subject.title)],
        )


@post("/my/participation/{asset_no:str}", include_in_schema=False)
async def join(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """Send the request."""
    actor = require_login(visitor)
    form = await read_form(request)
    creditor, case_no = form.text("creditor", longest=80), form.text("case_no", required=False, longest=40)
    facts = form.text("facts", longest=2000, lines=True)
    figures, account = read_figures(form, assets=[]), read_account(form)
    file = await form.upload("file", most_bytes=MOST_BYTES)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await ask_to_join(
                    work,
                    asset_no,
                    figures,
                    creditor=creditor,
                    case_no=case_no,
                    facts=facts,
                    account=account,
                    file=file,
                )
            return see_other(request, "/my/proceeds", said=msg("参与分配申请已提交，请等待法院审查。"))
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show_join(request, database, actor, asset_no, form)


@post("/my/claims/{claim_id:uuid}/withdraw", include_in_schema=False)
async def withdraw(
    request: AnyRequest, database: Database, visitor: Visitor, claim_id: UUID
) -> Response[Any]:
    """Take the own request back."""
    actor = require_login(visitor)
    async with database.begin(actor) as work:
        await withdraw_claim(work, claim_id)
    return see_other(request, "/my/proceeds", said=msg("申请已撤回。"))


route_handlers = [own_page, own_file, confirm, set_account, own_paper, join_page, join, withdraw]
