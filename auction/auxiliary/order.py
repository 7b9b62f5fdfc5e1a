"""Order auxiliary work for an asset, and note what came of it and what it cost (B-04)."""

from uuid import UUID

from sqlmodel import col, select

from auction.auxiliary.models import AuxiliaryBody, AuxiliaryWork, WorkKind, WorkState
from auction.listing.rules import MAX_MONEY_FEN
from core.database import Work
from core.errors import InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from disposal_teams.assets.models import Asset
from disposal_teams.assets.note import note_asset
from disposal_teams.plain_text import clean_text

STATE_LABELS: dict[WorkState, str] = {
    WorkState.ORDERED: "办理中",
    WorkState.DONE: "已完成",
    WorkState.CANCELLED: "已取消",
}
WRONG = msg("辅助工作有误，请按提示修改。")


async def works_of(work: Work, asset_id: UUID) -> list[tuple[AuxiliaryWork, AuxiliaryBody]]:
    """The orders for an asset with their bodies, oldest first; the caller has opened the asset."""
    rows = await work.session.exec(
        select(AuxiliaryWork, AuxiliaryBody)
        .join(AuxiliaryBody, col(AuxiliaryBody.id) == col(AuxiliaryWork.body_id))
        .where(AuxiliaryWork.asset_id == asset_id)
        .order_by(col(AuxiliaryWork.ordered_at), col(AuxiliaryWork.id))
    )
    return [(order, body) for order, body in rows]


async def cost_of(work: Work, asset_id: UUID) -> int:
    """What the finished orders for an asset cost, in fen: necessary costs that the debtor bears (B-04)."""
    return sum(each.cost_fen for each, _ in await works_of(work, asset_id) if each.state == WorkState.DONE)


async def order_work(
    work: Work, asset: Asset, body_id: UUID, *, kind: WorkKind, task: str, cost_fen: int
) -> AuxiliaryWork:
    """Give work to a body of the own court's list, for an agreed cost.

    Raises `InvalidInput` by field, `RuleViolation` for an excluded body or one not listed for that work, `NotPermitted`.
    """
    require(work.actor, Permission.DRAFT_LISTING, court_code=asset.court_code)
    body = await work.session.get(AuxiliaryBody, body_id, with_for_update=True, populate_existing=True)
    fields: dict[str, Message] = {}
    task = clean_text(task, "task", fields, longest=500)
    _check_cost(cost_fen, fields)
    if body is None or body.court_code != asset.court_code:
        fields["body"] = msg("请从列出的选项中选择。")
    if fields or body is None:
        raise InvalidInput(WRONG, fields=fields, rule="B-04")
    if body.excluded_at is not None:
        raise RuleViolation("B-04", msg("“{name}”已被除名，不能再委托。", name=body.name))
    if kind not in body.kinds:
        raise RuleViolation("B-04", msg("“{name}”不承担该类工作。", name=body.name))
    order = AuxiliaryWork(
        id=new_id(),
        asset_id=asset.id,
        body_id=body.id,
        kind=kind,
        task=task,
        cost_fen=cost_fen,
        ordered_by=work.actor.account_id,
        ordered_at=work.now,
    )
    work.session.add(order)
    await _note(work, asset, order, "auxiliary.ordered", body=body.name)
    return order


async def end_work(
    work: Work, asset: Asset, order_id: UUID, *, done: bool, result: str, cost_fen: int = 0
) -> AuxiliaryWork:
    """Note that the work is done, with what was billed, or that the order is cancelled (it then costs nothing).

    Raises `NotFound`, `RuleViolation` when it has ended, `InvalidInput`, `NotPermitted`.
    """
    require(work.actor, Permission.DRAFT_LISTING, court_code=asset.court_code)
    order = await work.session.get(AuxiliaryWork, order_id, with_for_update=True, populate_existing=True)
    if order is None or order.asset_id != asset.id:
        raise NotFound(msg("没有找到该项辅助工作。"))
    if order.state != WorkState.ORDERED:
        raise RuleViolation("B-04", msg("该项辅助工作已经结束。"))
    fields: dict[str, Message] = {}
    result = clean_text(result, "result", fields, longest=500)
    _check_cost(cost_fen, fields)
    if fields:
        raise InvalidInput(WRONG, fields=fields, rule="B-04")
    order.state = WorkState.DONE if done else WorkState.CANCELLED
    order.ended_at, order.result, order.cost_fen = work.now, result, cost_fen if done else 0
    await _note(work, asset, order, f"auxiliary.{order.state}")
    return order


def _check_cost(cost_fen: int, fields: dict[str, Message]) -> None:
    if not 0 <= cost_fen <= MAX_MONEY_FEN:
        fields["cost"] = msg("金额过大，请核对。")


async def _note(work: Work, asset: Asset, order: AuxiliaryWork, event: str, **details: str) -> None:
    await work.session.flush()
    await note_asset(
        work,
        asset,
        event,
        "B-04",
        kind=order.kind,
        cost_fen=order.cost_fen,
        **details,
    )
