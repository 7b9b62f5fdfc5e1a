"""Costs and claims of a distribution, entered and corrected one by one (D-01, D-20, D-21, M-10)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.proceeds.claims.enter import correct_claim, decide_claim, enter_claim
from auction.proceeds.claims.join import PURPOSE
from auction.proceeds.claims.models import DistributionClaim
from auction.proceeds.claims.queries import claims_of
from auction.proceeds.claims.rules import Figures
from auction.proceeds.costs import add_cost, strike_cost
from auction.proceeds.models import Proceeds
from auction.proceeds.plan.divide import CostKind, Rank
from auction.proceeds.queries import costs_of, open_proceeds_file
from auction.proceeds.rules import COST_LABELS, RANK_LABELS
from core.database import Database, Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Actor
from core.sealed_files import open_file
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.papers import file_answer
from web.rendering import page, translated
from web.team.proceeds import BASE, LABELS, act_on_file


@get(BASE + "/costs", include_in_schema=False)
async def costs_page(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """The costs with their evidence, and the form for another one."""
    return await _show_costs(request, database, require_staff(visitor), proceeds_id, Form.blank())


async def _show_costs(
    request: AnyRequest, database: Database, actor: Actor, proceeds_id: UUID, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        proceeds = await open_proceeds_file(work, proceeds_id)
        costs = await costs_of(work, proceeds.id)
        return page(
            request,
            "proceeds/costs.html",
            status=form.status,
            form=form,
            file=proceeds,
            costs=costs,
            kind_options=_options(request, COST_LABELS),
            **LABELS,
        )


def _options(request: AnyRequest, labels: Any) -> list[tuple[str, str]]:
    return [(str(key), translated(request, msg(label))) for key, label in labels.items()]


@post(BASE + "/costs", include_in_schema=False)
async def enter_cost(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """Add a cost."""
    form = await read_form(request)
    kind = form.choice("kind", CostKind)
    label, payee = form.text("label", longest=120), form.text("payee", longest=80)
    amount, evidence = form.yuan("amount", least_fen=1), form.text("evidence", longest=300)
    asset = form.identifier("asset") if form.value("asset") else None

    async def act(work: Work, proceeds: Proceeds) -> None:
        assert kind is not None
        await add_cost(
            work,
            proceeds.id,
            kind=kind,
            label=label,
            payee=payee,
            amount_fen=amount,
            asset_id=asset,
            evidence=evidence,
        )

    return await act_on_file(
        request, database, require_staff(visitor), proceeds_id, form, act, msg("费用已添加。"),
        to="/team/proceeds/{id}/costs", show=_show_costs,
    )  # fmt: skip


@post(BASE + "/costs/strike", include_in_schema=False)
async def strike(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """Strike a cost."""
    form = await read_form(request)
    cost, because = form.identifier("cost"), form.text("because", longest=300)

    async def act(work: Work, proceeds: Proceeds) -> None:
        assert cost is not None
        await strike_cost(work, proceeds.id, cost, because=because)

    return await act_on_file(
        request, database, require_staff(visitor), proceeds_id, form, act, msg("费用已删除，理由已记录。"),
        to="/team/proceeds/{id}/costs", show=_show_costs,
    )  # fmt: skip


def read_figures(form: Form, *, assets: list[UUID]) -> Figures:
    """The figures of a claim as typed."""
    part = form.identifier("part") if form.value("part") else None
    return Figures(
        rank=form.choice("rank", Rank) or Rank.ORDINARY,
        part_asset_id=part if part is not None or len(assets) != 1 else assets[0],
        since=form.day("since", required=False),
        is_registered=form.value("registered") != "no",
        principal_fen=form.yuan("principal", required=False),
        interest_fen=form.yuan("interest", required=False),
        costs_fen=form.yuan("costs", required=False),
        doubled_fen=form.yuan("doubled", required=False),
        has_title=form.value("title") != "no",
        is_confirmed=form.value("confirmed") != "no",
        title_ref=form.text("title_ref", longest=200),
    )


@get(BASE + "/claims/new", include_in_schema=False)
async def new_claim_page(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """The form for a claim that came on paper."""
    return await _show_claim(request, database, require_staff(visitor), proceeds_id, Form.blank())


@get(BASE + "/claims/{claim_id:uuid}", include_in_schema=False)
async def claim_page(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID, claim_id: UUID
) -> Response[Any]:
    """One claim: what it says, its papers, correcting and deciding it."""
    return await _show_claim(
        request, database, require_staff(visitor), proceeds_id, Form.blank(), claim_id=claim_id
    )


async def _show_claim(
    request: AnyRequest,
    database: Database,
    actor: Actor,
    proceeds_id: UUID,
    form: Form,
    *,
    claim_id: UUID | None = None,
) -> Response[Any]:
    async with database.read(actor) as work:
        proceeds = await open_proceeds_file(work, proceeds_id)
        claim = await _claim(work, proceeds, claim_id) if claim_id is not None else None
    for name, value in _typed(claim).items():
        form.values.setdefault(name, value)
    return page(
        request,
        "proceeds/claim.html",
        status=form.status,
        form=form,
        file=proceeds,
        claim=claim,
        rank_options=_options(request, RANK_LABELS),
        part_options=[(part["asset_id"], part["title"]) for part in proceeds.parts],
        **LABELS,
    )


def _typed(claim: DistributionClaim | None) -> dict[str, str]:
    """A claim as its form shows it."""
    if claim is None:
        return {"rank": str(Rank.ORDINARY), "registered": "yes", "title": "yes", "confirmed": "yes"}

    def yuan(fen: int) -> str:
        return f"{fen // 100}.{fen % 100:02}" if fen else ""

    return {
        "rank": claim.rank,
        "part": str(claim.part_asset_id or ""),
        "since": claim.since.isoformat() if claim.since else "",
        "registered": "yes" if claim.is_registered else "no",
        "principal": yuan(claim.principal_fen),
        "interest": yuan(claim.interest_fen),
        "costs": yuan(claim.costs_fen),
        "doubled": yuan(claim.doubled_fen),
        "title": "yes" if claim.has_title else "no",
        "confirmed": "yes" if claim.is_confirmed else "no",
        "title_ref": claim.title_ref,
    }


async def _claim(work: Work, proceeds: Proceeds, claim_id: UUID) -> DistributionClaim:
    found = next((each for each in await claims_of(work, proceeds.id) if each.id == claim_id), None)
    if found is None:
        raise NotFound(msg("没有找到该项债权。"))
    return found


@post(BASE + "/claims/new", include_in_schema=False)
async def enter(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """Write a claim down."""
    form = await read_form(request)
    creditor, case_no = form.text("creditor", longest=80), form.text("case_no", required=False, longest=40)
    facts = form.text("facts", longest=2000, lines=True)
    figures = read_figures(form, assets=[])

    async def act(work: Work, proceeds: Proceeds) -> None:
        await enter_claim(work, proceeds.id, figures, creditor=creditor, case_no=case_no, facts=facts)

    return await act_on_file(
        request,
        database,
        require_staff(visitor),
        proceeds_id,
        form,
        act,
        msg("债权已录入。"),
        show=_show_claim,
    )


@post(BASE + "/claims/{claim_id:uuid}", include_in_schema=False)
async def correct(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID, claim_id: UUID
) -> Response[Any]:
    """Put the figures of a claim right."""
    form = await read_form(request)
    figures = read_figures(form, assets=[])
    since = form.day("doubled_since", required=False)
    stopped = form.integer("stopped_days", least=0, most=10_000, required=False)

    async def act(work: Work, proceeds: Proceeds) -> None:
        await _claim(work, proceeds, claim_id)
        await correct_claim(work, claim_id, figures, doubled_since=since, stopped_days=stopped)

    async def show(*args: Any) -> Response[Any]:
        return await _show_claim(*args, claim_id=claim_id)

    return await act_on_file(
        request, database, require_staff(visitor), proceeds_id, form, act, msg("债权已核定。"), show=show
    )


@post(BASE + "/claims/{claim_id:uuid}/decision", include_in_schema=False)
async def decide(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID, claim_id: UUID
) -> Response[Any]:
    """Admit the claim, or refuse it."""
    form = await read_form(request)
    verdict = form.choice("verdict", ("admit", "refuse"))
    note = form.text("note", required=False, longest=500)

    async def act(work: Work, proceeds: Proceeds) -> None:
        await _claim(work, proceeds, claim_id)
        await decide_claim(work, claim_id, admit=verdict == "admit", note=note)

    async def show(*args: Any) -> Response[Any]:
        return await _show_claim(*args, claim_id=claim_id)

    return await act_on_file(
        request, database, require_staff(visitor), proceeds_id, form, act, msg("已作出答复。"), show=show
    )


@get(BASE + "/claims/{claim_id:uuid}/file", include_in_schema=False)
async def claim_file(
    database: Database, visitor: Visitor, proceeds_id: UUID, claim_id: UUID
) -> Response[Any]:
    """The title that a creditor handed in."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        claim = await _claim(work, await open_proceeds_file(work, proceeds_id), claim_id)
        if claim.file_id is None:
            raise NotFound(msg("没有找到该文件。"))
        return file_answer(await open_file(work, claim.file_id, purpose=PURPOSE))


route_handlers = [
    costs_page,
    enter_cost,
    strike,
    new_claim_page,
    enter,
    claim_page,
    correct,
    decide,
    claim_file,
]
