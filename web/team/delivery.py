"""Clearing and hand-over of a sale, in the court: notice to leave, plan of force, record, photos, delivery record (B-72)."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.delivery import rules
from auction.delivery.clear import (
    plan_force,
    propose_clearing,
    record_clearing,
    record_posting,
    refuse_notice,
    sign_notice,
)
from auction.delivery.files import add_files, file_for_court, files_of
from auction.delivery.hand_over import record_delivery
from auction.delivery.models import ClearedHow, ClearingState, FileKind, GoodsTaker
from auction.delivery.queries import HandOverFile, hand_over_of, notices_to_sign
from auction.delivery.rules import HandOver
from auction.settlement.models import SettlementState
from auction.settlement.queries import Sale, open_sale_file
from core.database import Database, Work
from core.errors import DisposalError, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Actor, Permission, Role, may
from core.sealed_files import MOST_BYTES
from disposal_teams.courts.queries import court_of
from disposal_teams.forbearance.queries import hardships_to_mind
from disposal_teams.forbearance.rules import HARDSHIP_KIND_LABELS, HARDSHIP_LABELS
from web.access.guards import require_role, require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.papers import file_answer
from web.rendering import page, see_other
from web.team.labels import shown

S = ClearingState
OVER = frozenset({SettlementState.DELIVERED, SettlementState.DEFAULTED, SettlementState.REVOKED})
FIELDS: dict[str, Message] = {
    "occupants": msg("占用人"),
    "leave_by": msg("迁出日期"),
    "helpers": msg("协助的基层组织"),
    "refusal": msg("不予签发的理由"),
    "posted_where": msg("张贴和送达情况"),
    "forced_at": msg("强制腾退时间"),
    "leader": msg("现场负责人"),
    "forces": msg("到场力量"),
    "care": msg("特殊人员和安置"),
    "storage": msg("物品存放处所"),
    "how": msg("腾空方式"),
    "cleared_at": msg("腾空时间"),
    "people": msg("在场人员"),
    "goods": msg("物品清单"),
    "goods_taker": msg("物品处理"),
    "goods_taken_by": msg("接收人或者存放处所"),
    "delivered_at": msg("交付时间"),
    "place": msg("交付地点"),
    "keys": msg("钥匙、门禁、证件"),
    "water": msg("水表读数"),
    "power": msg("电表读数"),
    "gas": msg("燃气表读数"),
    "mileage": msg("里程表读数"),
    "note": msg("情况说明"),
    "not_signed": msg("未签名的人员和原因"),
    "file": msg("照片或者扫描件"),
    "kind": msg("内容"),
    "caption": msg("说明"),
}
"""The labels of the page's fields, also in its list of faults."""


def possible_steps(actor: Actor, sale: Sale, file: HandOverFile) -> set[str]:
    """What the actor may do now; each step is checked again where it is taken. Pure."""
    code = sale.lot.court_code
    if sale.settlement.ruling_served_at is None:
        return set()
    records = may(actor, Permission.RECORD_DELIVERY, court_code=code)
    steps = {"files"} if records else set()
    if SettlementState(sale.settlement.state) in OVER:
        return steps
    state = S(file.clearing.state) if file.clearing else None
    if records:
        steps |= {
            "propose" if state in (None, S.REFUSED) else "",
            "posted" if state is S.NOTIFIED else "",
            "plan" if state in (S.NOTIFIED, S.PLANNED) else "",
            "cleared" if state is not None and S.CLEARED in rules.TRANSITIONS[state] else "",
            "deliver" if state in (None, S.CLEARED, S.ENDED) else "",
        }
    if may(actor, Permission.SIGN_EVICTION, court_code=code) and state is S.PROPOSED:
        steps |= {"sign", "refuse"}
    return steps - {""}


@get("/team/settlements/{lot_no:str}/delivery", include_in_schema=False)
async def delivery_page(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """How clearing and hand-over stand, and what can be done."""
    return await _show(request, database, require_staff(visitor), lot_no, Form.blank(), "")


async def _show(
    request: AnyRequest, database: Database, actor: Actor, lot_no: str, form: Form, tried: str
) -> Response[Any]:
    async with database.read(actor) as work:
        sale = await open_sale_file(work, lot_no)
        file = await hand_over_of(work, sale)
        files = await files_of(work, sale.lot)
        court = await court_of(work, sale.lot.court_code)
        hardships = await hardships_to_mind(work, sale.lot.case_id)
        now = work.now
    steps = possible_steps(actor, sale, file)
    return page(
        request,
        "settlement/delivery.html",
        status=form.status,
        form=form,
        lot=sale.lot,
        sale=sale.settlement,
        file=file,
        files=files,
        court=court,
        hardships=hardships,
        hardship_kinds=HARDSHIP_KIND_LABELS,
        hardship_labels=HARDSHIP_LABELS,
        steps=steps,
        may_step=bool(steps - {"files"}),
        tried=tried,
        fields=FIELDS,
        clearing_labels=rules.STATE_LABELS,
        how_labels=rules.HOW_LABELS,
        taker_labels=rules.TAKER_LABELS,
        capacity_labels=rules.CAPACITY_LABELS,
        file_labels=rules.FILE_LABELS,
        receipt_labels=rules.RECEIPT_LABELS,
        how_options=shown(request, [(str(each), msg(text)) for each, text in rules.HOW_LABELS.items()]),
        taker_options=shown(request, [(str(each), msg(text)) for each, text in rules.TAKER_LABELS.items()]),
        file_options=shown(request, [(str(each), msg(text)) for each, text in rules.FILE_LABELS.items()]),
        server_time=now,
    )


Act = Callable[[Work, UUID], Awaitable[object]]


def _propose(form: Form) -> Act:
    leave_by = form.day("leave_by")
    occupants = form.text("occupants", longest=500, lines=True)
    helpers = form.text("helpers", longest=300)

    async def act(work: Work, lot_id: UUID) -> object:
        assert leave_by is not None
        return await propose_clearing(work, lot_id, occupants=occupants, leave_by=leave_by, helpers=helpers)

    return act


def _refuse(form: Form) -> Act:
    reason = form.text("refusal", longest=500, lines=True)
    return lambda work, lot_id: refuse_notice(work, lot_id, reason=reason)


def _posted(form: Form) -> Act:
    where = form.text("posted_where", longest=300, lines=True)
    return lambda work, lot_id: record_posting(work, lot_id, where=where)


def _plan(form: Form) -> Act:
    forced_at = form.moment("forced_at")
    leader = form.text("leader", longest=80)
    forces, care = (form.text(name, longest=1000, lines=True) for name in ("forces", "care"))
    storage = form.text("storage", longest=300)

    async def act(work: Work, lot_id: UUID) -> object:
        assert forced_at is not None
        return await plan_force(
            work, lot_id, forced_at=forced_at, leader=leader, forces=forces, care=care, storage=storage
        )

    return act


def _cleared(form: Form) -> Act:
    how = form.choice("how", tuple(ClearedHow))
    cleared_at = form.moment("cleared_at")
    typed = _lines(form, "people", required=False)
    people = rules.parsed_people(typed, form.errors) if typed else ()
    goods = rules.parsed_goods(_lines(form, "goods", required=False), form.errors)
    taker = form.choice("goods_taker", tuple(GoodsTaker), required=False) or GoodsTaker.NONE
    taken_by = form.text("goods_taken_by", required=False, longest=200)
    note = form.text("note", required=False, longest=2000, lines=True)

    async def act(work: Work, lot_id: UUID) -> object:
        assert how is not None
        assert cleared_at is not None
        return await record_clearing(
            work,
            lot_id,
            how=how,
            cleared_at=cleared_at,
            people=people,
            goods=goods,
            taker=taker,
            taken_by=taken_by,
            note=note,
        )

    return act


def _deliver(form: Form) -> Act:
    delivered_at: datetime | None = form.moment("delivered_at")
    people = rules.parsed_people(_lines(form, "people"), form.errors)
    goods = rules.parsed_goods(_lines(form, "goods", required=False), form.errors)
    short = {
        name: form.text(name, required=False, longest=longest)
        for name, longest in (
            ("place", 200),
            ("keys", 300),
            ("water", 40),
            ("power", 40),
            ("gas", 40),
            ("mileage", 40),
        )
    }
    note = form.text("note", required=False, longest=2000, lines=True)
    not_signed = form.text("not_signed", required=False, longest=500)

    async def act(work: Work, lot_id: UUID) -> object:
        assert delivered_at is not None
        hand_over = HandOver(
            delivered_at=delivered_at, people=people, goods=goods, note=note, not_signed=not_signed, **short
        )
        return await record_delivery(work, lot_id, hand_over)

    return act


def _lines(form: Form, name: str, *, required: bool = True) -> str:
    """Lines typed into a large field; a list of goods may be long."""
    return form.text(name, required=required, longest=20_000, lines=True)


READERS: dict[str, tuple[Callable[[Form], Act], Message]] = {
    "propose": (_propose, msg("已报请院长签发腾退公告。")),
    "sign": (lambda _: sign_notice, msg("腾退公告已签发。")),
    "refuse": (_refuse, msg("已退回承办人。")),
    "posted": (_posted, msg("张贴和送达已登记。")),
    "plan": (_plan, msg("强制腾退方案已制定。")),
    "cleared": (_cleared, msg("腾空已登记，可以交付。")),
    "deliver": (_deliver, msg("交付已登记，已请买受人确认。")),
}


@post("/team/settlements/{lot_no:str}/delivery/{step:str}", include_in_schema=False)
async def take_delivery_step(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str, step: str
) -> Response[Any]:
    """Take a step of clearing or hand-over."""
    actor = require_staff(visitor)
    form = await read_form(request)
    if step not in READERS:
        raise NotFound(msg("没有这个步骤。"))
    read, said = READERS[step]
    act = read(form)

    async def run(work: Work, sale: Sale) -> None:
        await act(work, sale.lot.id)

    return await _run(request, database, actor, lot_no, form, step, run, said)


@post("/team/settlements/{lot_no:str}/delivery/files", include_in_schema=False)
async def upload_files(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """Add photos and signed pages."""
    actor = require_staff(visitor)
    form = await read_form(request)
    kind = form.choice("kind", tuple(FileKind))
    caption = form.text("caption", required=False, longest=100)
    files = await form.uploads("file", most=20, most_bytes=MOST_BYTES)

    async def run(work: Work, sale: Sale) -> None:
        assert kind is not None
        await add_files(work, sale.lot.lot_no, files, kind=kind, caption=caption)

    return await _run(request, database, actor, lot_no, form, "files", run, msg("文件已保存。"))


async def _run(
    request: AnyRequest,
    database: Database,
    actor: Actor,
    lot_no: str,
    form: Form,
    step: str,
    run: Callable[[Work, Sale], Awaitable[None]],
    said: Message,
) -> Response[Any]:
    try:
        async with database.begin(actor) as work:
            sale = await open_sale_file(work, lot_no)
            if form.is_bad:
                raise InvalidInput(msg("填写有误，请按提示修改。"), fields=form.errors)
            await run(work, sale)
        return see_other(request, f"/team/settlements/{lot_no}/delivery", said=said)
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
    return await _show(request, database, actor, lot_no, form, step)


@get("/team/settlements/{lot_no:str}/delivery/files/{file_id:uuid}", include_in_schema=False)
async def court_file(database: Database, visitor: Visitor, lot_no: str, file_id: UUID) -> Response[Any]:
    """A photo or a signed page, to be saved; opening it is recorded."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        return file_answer(await file_for_court(work, lot_no, file_id))


@get("/court/evictions", include_in_schema=False)
async def notices_waiting(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Notices to leave that wait for the president's signature."""
    actor = require_role(visitor, Role.PRESIDENT)
    async with database.read(actor) as work:
        rows = await notices_to_sign(work, actor.court_code or "")
        return page(request, "court/evictions.html", rows=rows, server_time=work.now)


route_handlers = [
    delivery_page,
    upload_files,
    take_delivery_step,
    court_file,
    notices_waiting,
]
