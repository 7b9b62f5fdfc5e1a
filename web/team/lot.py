"""One lot in the court: edit the draft, notify, check, publish, change the notice."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Response, get, post

from auction.in_kind.queries import offer_of_lot
from auction.in_kind.rules import STATE_LABELS as OFFER_LABELS
from auction.listing.catalogue import papers_of_lot
from auction.listing.change_notice import change_notice
from auction.listing.checklist_facts import checklist_of
from auction.listing.disclosure import (
    DELIVERY_WAYS,
    NO_SURPLUS_ANSWERS,
    SPECIAL_WARNINGS,
    WARNING_LABELS,
    Delivery,
    Disclosure,
    Viewing,
    read_disclosure,
)
from auction.listing.draft_lot import EDITABLE_STATES, edit_draft
from auction.listing.models import Lot, LotBidding, LotState
from auction.listing.notify import notify_parties, post_publicly, record_notification, record_waiver
from auction.listing.parts import shown_parts
from auction.listing.publish_lot import publish_lot
from auction.listing.queries import (
    decision_of_lot,
    lots_of_asset,
    notice_versions,
    notifications_of,
    open_lot_file,
)
from core.clock import COURT_ZONE
from core.database import Database, Work
from core.deadlines.queries import deadlines_of
from core.errors import DisposalError, NotFound
from core.i18n import Message, msg
from core.identity import Actor, Permission, may
from core.legal_settings import legal
from disposal_teams.assets.queries import asset_of
from disposal_teams.cases.labels import PARTY_ROLE_LABELS
from disposal_teams.cases.queries import case_of, parties_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.portal.words import OFFER_TAGS, STAY_WORDS, WORDS
from web.rendering import page, see_other
from web.team.labels import deadline_title
from web.team.repairs import repair_of
from web.team.stops import acts_of

WAYS = {
    "electronic": msg("电子送达"),
    "post": msg("邮寄送达"),
    "in_person": msg("直接送达"),
    "public_posting": msg("公示送达"),
}
_TEXTS = (
    "qualification",
    "enforcement_title",
    "pricing_basis",
    "priority_statement",
    "payment_ways",
    "contact",
    "other",
)
UseCase = Callable[[Work, Lot], Awaitable[Message]]


@get("/team/lots/{lot_no:str}", include_in_schema=False)
async def show_lot(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """The lot with its checklist and what can be done now."""
    return await _show(request, database, require_staff(visitor), lot_no, None)


async def _show(
    request: AnyRequest, database: Database, actor: Actor, lot_no: str, form: Form | None
) -> Response[Any]:
    async with database.read(actor) as work:
        lot = await open_lot_file(work, lot_no)
        editable = LotState(lot.state) in EDITABLE_STATES
        asset = await asset_of(work, lot.asset_id)
        notes = await notifications_of(work, lot.id)
        parties = await parties_of(work, lot.case_id)
        lines = await checklist_of(work, lot) if editable else []
        context = {
            "lot": lot,
            "subject": asset,
            "case": await case_of(work, lot.case_id),
            "decision": await decision_of_lot(work, lot.id),
            "parts": await shown_parts(work, lot),
            "versions": await notice_versions(work, lot.id),
            "papers": await papers_of_lot(work, lot.id),
            "bidding": await work.session.get(LotBidding, lot.id),
            "in_kind": await offer_of_lot(work, lot.id),
            "runs": (runs := await lots_of_asset(work, asset.id)),
            "previous": next((run for run in runs if run.id == lot.previous_lot_id), None),
            "clocks": [
                (each, deadline_title(each.rule))
                for each in await deadlines_of(work, lot_id=lot.id)
                if each.subject_kind != "registration"  # P-01: nobody's own clock
            ],
            "server_time": work.now,
            **await acts_of(work, lot),
        }
    actor_may = {
        name: may(actor, permission, court_code=lot.court_code)
        for name, permission in (
            ("edit", Permission.DRAFT_LISTING),
            ("notify", Permission.NOTIFY_PARTIES),
            ("publish", Permission.PUBLISH_LISTING),
        )
    }
    return page(
        request,
        "listing/lot.html",
        status=form.status if form else 200,
        form=form or draft_form(lot),
        editable=editable,
        people=[(party, notes.get(party.id)) for party in parties],
        pending=[
            (party, note)
            for party in parties
            if (note := notes.get(party.id)) and note.received_at is None and not note.waived
        ],
        lines=lines,
        repairs={
            line.id: repair_of(line, lot_no=lot.lot_no, asset_no=asset.asset_no)
            for line in lines
            if not line.ok
        },
        red=sum(not line.ok for line in lines),
        disclosure=read_disclosure(lot.disclosure),
        may=actor_may,
        party_labels=PARTY_ROLE_LABELS,
        ways=list(WAYS.items())[:3],
        way_labels=WAYS,
        offer_labels=OFFER_LABELS,
        offer_tags=OFFER_TAGS,
        no_surplus=[(code, msg(text)) for code, text in NO_SURPLUS_ANSWERS.items()],
        delivery_ways=[(code, msg(text)) for code, text in DELIVERY_WAYS.items()],
        warning_labels={code: msg(label) for code, label in WARNING_LABELS.items()},
        special_warnings=[(code, msg(text)) for code, text in SPECIAL_WARNINGS.items()],
        **context,
        **WORDS,
        **STAY_WORDS,
    )


def draft_form(lot: Lot) -> Form:
    """The draft as a form."""
    disclosure = read_disclosure(lot.disclosure)
    values: dict[str, Any] = {name: getattr(disclosure, name) for name in _TEXTS}
    values |= {f"warning_{code}": "1" for code in disclosure.warnings}
    values |= {f"note_{code}": note for code, note in disclosure.warning_notes.items()}
    delivery, viewing = disclosure.delivery, disclosure.viewing or Viewing()
    values |= {
        "title": lot.title,
        "summary": lot.summary,
        "balance_due_days": lot.balance_due_days,
        "starts_at": _typed(lot.starts_at),
        "ends_at": _typed(lot.scheduled_end_at),
        "no_surplus": disclosure.no_surplus,
        "excess_checked": "1" if disclosure.excess_checked else "",
        "delivery": delivery.vacated_by if delivery else "",
        "delivery_days": delivery.within_days if delivery else 15,
        "delivery_text": delivery.text if delivery else "",
        "viewing_text": viewing.text,
        "viewing_contact": viewing.contact,
        "viewing_phone": viewing.phone,
    }
    return Form.blank(**values)


def _typed(moment: Any) -> str:
    return moment.astimezone(COURT_ZONE).strftime("%Y-%m-%dT%H:%M") if moment else ""


def read_draft(form: Form, before: Disclosure) -> Disclosure:
    """The disclosure as typed; facts, special disclosures and taxes have a page of their own."""
    way = form.choice("delivery", DELIVERY_WAYS)
    days = form.integer("delivery_days", least=1, most=180)
    text = form.text("delivery_text", required=False, longest=500)
    return msgspec.structs.replace(
        before,
        **{name: form.text(name, required=False, longest=1000, lines=True) for name in _TEXTS},
        warnings=[code for code in SPECIAL_WARNINGS if form.flag(f"warning_{code}")],
        warning_notes={
            code: note
            for code in SPECIAL_WARNINGS
            if (note := form.text(f"note_{code}", required=False, longest=500))
        },
        no_surplus=form.choice("no_surplus", NO_SURPLUS_ANSWERS, required=False) or "",
        excess_checked=form.flag("excess_checked"),
        delivery=Delivery(vacated_by=way, within_days=days, text=text or DELIVERY_WAYS[way]) if way else None,
        viewing=read_viewing(form),
    )


def read_viewing(form: Form) -> Viewing:
    """How the asset may be seen."""
    return Viewing(
        text=form.text("viewing_text", required=False, longest=300),
        contact=form.text("viewing_contact", required=False, longest=80),
        phone=form.text("viewing_phone", required=False, longest=40),
    )


async def _act(
    request: AnyRequest, database: Database, actor: Actor, lot_no: str, form: Form, use_case: UseCase
) -> Response[Any]:
    """Run one use case on the lot; a refusal comes back with what was typed."""
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                said = await use_case(work, await open_lot_file(work, lot_no))
            return see_other(request, f"/team/lots/{lot_no}", said=said)
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, lot_no, await _filled(database, actor, lot_no, form))


async def _filled(database: Database, actor: Actor, lot_no: str, form: Form) -> Form:
    """What the other forms of the page show, with what was typed on top."""
    if "title" not in form.values:
        async with database.read(actor) as work:
            stored = draft_form(await open_lot_file(work, lot_no))
        form.values = {**stored.values, **form.values}
    return form


@post("/team/lots/{lot_no:str}/draft", include_in_schema=False)
async def save_draft(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Save the draft."""
    actor = require_staff(visitor)
    form = await read_form(request)
    title = form.text("title", longest=200)
    summary = form.text("summary", required=False, longest=4000, lines=True)
    days = form.integer(
        "balance_due_days", least=legal().balance_due_days_least, most=legal().balance_due_days_most
    )
    starts_at, ends_at = form.moment("starts_at"), form.moment("ends_at")
    typed = read_draft(form, Disclosure())

    async def save(work: Work, lot: Lot) -> Message:
        before = read_disclosure(lot.disclosure)
        kept = msgspec.structs.replace(
            typed,
            facts=before.facts,
            special=before.special,
            taxes=before.taxes,
            replaces=before.replaces,
            notification_statement=before.notification_statement,
            restored=before.restored,
        )
        await edit_draft(
            work,
            lot.id,
            title=title,
            summary=summary,
            balance_due_days=days,
            starts_at=starts_at,
            ends_at=ends_at,
            disclosure=kept,
        )
        return msg("草稿已保存。")

    return await _act(request, database, actor, lot_no, form, save)


@post("/team/lots/{lot_no:str}/notify", include_in_schema=False)
async def notify(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Send the notices."""
    actor = require_staff(visitor)
    form = await read_form(request)
    way = form.choice("way", tuple(WAYS)[:3])

    async def send(work: Work, lot: Lot) -> Message:
        made = await notify_parties(work, lot.id, way=way or "electronic")
        return msg("已向 {count} 人发出拍卖通知书。", count=len(made))

    return await _act(request, database, actor, lot_no, form, send)


@post("/team/lots/{lot_no:str}/receipts", include_in_schema=False)
async def note_receipt(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """Record a receipt, a waiver, or a public posting."""
    actor = require_staff(visitor)
    form = await read_form(request)
    note_id = form.identifier("note_id")
    kind = form.choice("kind", ("received", "waived", "posted"))
    proof = form.text("proof", required=kind != "posted", longest=200)
    received_at = form.moment("received_at", required=kind == "received")

    async def write(work: Work, lot: Lot) -> Message:
        if note_id not in {note.id for note in (await notifications_of(work, lot.id)).values()}:
            raise NotFound(msg("没有找到该通知记录。"))
        if kind == "received" and received_at is not None:
            await record_notification(work, note_id, received_at=received_at, proof=proof)
        elif kind == "waived":
            await record_waiver(work, note_id, proof=proof)
        else:
            await post_publicly(work, note_id)
        return msg("通知情况已登记。")

    return await _act(request, database, actor, lot_no, form, write)


@post("/team/lots/{lot_no:str}/publish", include_in_schema=False)
async def publish(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Publish, if every line is green."""
    actor = require_staff(visitor)
    form = await read_form(request)

    async def go(work: Work, lot: Lot) -> Message:
        await publish_lot(work, lot.id)
        return msg("公告已发布。")

    return await _act(request, database, actor, lot_no, form, go)


@post("/team/lots/{lot_no:str}/change", include_in_schema=False)
async def change(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Publish a further version of the notice."""
    actor = require_staff(visitor)
    form = await read_form(request)
    reason = form.text("reason", longest=500)
    viewing = read_viewing(form)
    other = form.text("other", required=False, longest=1000, lines=True)

    async def write(work: Work, lot: Lot) -> Message:
        version = await change_notice(work, lot.id, reason=reason, viewing=viewing, other=other)
        return msg("公告第 {version} 版已发布。", version=version.version)

    return await _act(request, database, actor, lot_no, form, write)


route_handlers = [show_lot, save_draft, notify, note_receipt, publish, change]
