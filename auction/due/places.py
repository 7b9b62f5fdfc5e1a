"""Where a clock is worked on, and what it is about: the one room that sees every kind of subject.

Only what people of a court may read stands here. Entries of bidders are named by their lot alone (P-01).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from string import Formatter
from typing import Any
from uuid import UUID

from sqlalchemy import literal
from sqlmodel import col, select

from auction.listing.models import Lot
from core.database import Work
from core.deadlines.models import Deadline
from core.i18n import Message, msg
from core.identity import Actor, Permission, Role, may
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import assets_by_id
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.instructions.kinds import KIND_LABELS
from disposal_teams.instructions.models import Instruction, InstructionKind
from disposal_teams.leads.models import Lead
from disposal_teams.objections.models import Objection


@dataclass(frozen=True, slots=True)
class Place:
    """What a clock is about, the case in which it runs, and the address where it is worked on."""

    what: Message
    case_no: str
    link: str


@dataclass(frozen=True, slots=True)
class _Known:
    """The rows that the subjects of a list of clocks point to."""

    assets: dict[UUID, Asset]
    lots: dict[UUID, tuple[str, str]]
    cases: dict[UUID, str]
    instructions: dict[UUID, tuple[str | None, str, str]]
    leads: dict[UUID, tuple[str, UUID | None]]
    objections: dict[UUID, str | None]


async def places_of(work: Work, clocks: Collection[Deadline], *, free_text: bool = True) -> dict[UUID, Place]:
    """The place of each clock for the person who acts, by the clock's id. A few queries, however many clocks.

    Without `free_text` the subject of an instruction, in which people may be named, is left out.
    """
    assets = await assets_by_id(work, _ids(clock.asset_id for clock in clocks))
    known = _Known(
        assets,
        await _by_id(work, Lot.id, _ids(clock.lot_id for clock in clocks), Lot.lot_no, Lot.title),
        await _by_id(
            work,
            EnforcementCase.id,
            _ids(clock.case_id for clock in clocks) | {asset.case_id for asset in assets.values()},
            EnforcementCase.case_no,
        ),
        await _by_id(
            work,
            Instruction.id,
            _subjects(clocks, "instruction", "order"),
            Instruction.number,
            Instruction.kind,
            Instruction.subject if free_text else literal(""),
        ),
        await _by_id(work, Lead.id, _subjects(clocks, "lead"), Lead.number, Lead.handler_account_id),
        await _by_id(work, Objection.id, _subjects(clocks, "objection"), Objection.number),
    )
    return {clock.id: _place(work.actor, clock, known) for clock in clocks}


def _ids(values: Iterable[UUID | None]) -> set[UUID]:
    return {value for value in values if value is not None}


def _subjects(clocks: Collection[Deadline], *kinds: str) -> set[UUID]:
    return {clock.subject_id for clock in clocks if clock.subject_kind in kinds}


async def _by_id(work: Work, key: Any, ids: set[UUID], *columns: Any) -> dict[UUID, Any]:
    """One value for each id, or a tuple of several."""
    if not ids:
        return {}
    rows = (await work.session.exec(select(key, *columns).where(col(key).in_(ids)))).all()
    return {row[0]: row[1] if len(columns) == 1 else tuple(row[1:]) for row in rows}


def _place(actor: Actor, clock: Deadline, known: _Known) -> Place:
    asset = known.assets.get(clock.asset_id) if clock.asset_id else None
    case_id = clock.case_id or (asset.case_id if asset is not None else None)
    case_no = known.cases.get(case_id, "") if case_id is not None else ""
    return Place(_what(clock, known, asset, case_no), case_no, _link(actor, clock, known, asset))


def _what(clock: Deadline, known: _Known, asset: Asset | None, case_no: str) -> Message:
    kind = clock.subject_kind
    if kind in ("instruction", "order") and clock.subject_id in known.instructions:
        number, of_kind, subject = known.instructions[clock.subject_id]
        if not subject:
            return msg("指令 {number}（{kind}）", number=number or "", kind=_kind(of_kind))
        if number is None:
            return msg("指令（{kind}）：{subject}", kind=_kind(of_kind), subject=subject)
        return msg("指令 {number}（{kind}）：{subject}", number=number, kind=_kind(of_kind), subject=subject)
    if kind == "lead" and clock.subject_id in known.leads:
        return msg("线索 {number}", number=known.leads[clock.subject_id][0])
    about = asset.title if asset is not None else case_no
    if kind == "objection":
        number = known.objections.get(clock.subject_id)
        return (
            msg("异议 {number}：{about}", number=number, about=about)
            if number
            else msg("异议：{about}", about=about)
        )
    if clock.lot_id in known.lots:
        lot_no, title = known.lots[clock.lot_id]
        return msg("{title}（{lot_no}）", title=title, lot_no=lot_no)
    return msg("{about}", about=about) if about else msg("详情")


def _kind(kind: str) -> Message:
    return msg(KIND_LABELS[InstructionKind(kind)])


BY_SUBJECT = {
    "transfer": "/court/transfers/{subject}",
    "instruction": "/court/instructions/{subject}",
    "order": "/court/orders/{subject}",
    "lead": "/court/leads/{subject}",
    "objection": "/court/objections/{subject}",
    "price_supervision": "/supervision/price-reviews/{subject}",
    "instalment": "/team/assets/{asset_no}/compromise",
    "self_sale": "/team/assets/{asset_no}/self-sale",
    "suggestion": "/team/assets/{asset_no}/suggestions",
    "quality_demand": "/team/assets/{asset_no}/quality",
    "seal_notice": "/team/assets/{asset_no}/seal-notices",
    "valuation": "/team/assets/{asset_no}/valuation",
    "engagement": "/team/assets/{asset_no}/valuation",
    "report_objection": "/team/assets/{asset_no}/valuation",
    "registration": "/finance/lots/{lot_no}",
    "proceeds": "/team/proceeds/{subject}",
    "cash": "/finance/cash",
    "property_search": "/team/searches",
    "plan_service": "/team/proceeds",
    "plan_objection": "/team/proceeds",
    "plan_suit": "/team/proceeds",
    "in_kind": "/team/lots/{lot_no}/in-kind",
    "party_notification": "/team/lots/{lot_no}",
    "stay": "/team/lots/{lot_no}",
    "lot": "/team/lots/{lot_no}",
    "asset": "/team/assets/{asset_no}",
}
_BY_CLOCK = {
    "L-01": "/team/assets/{asset_no}/survey",
    "L-08": "/team/assets/{asset_no}/listing",
    "L-13": "/team/lots/{lot_no}",
    "L-16": "/finance/lots/{lot_no}",
    "L-17": "/finance/lots/{lot_no}",
    "L-18": "/team/settlements/{lot_no}",
    "L-19": "/team/settlements/{lot_no}",
    "L-20": "/team/settlements/{lot_no}",
    "L-21": "/team/settlements/{lot_no}/delivery",
    "L-23": "/team/lots/{lot_no}",
    "L-30": "/supervision/transfers/{subject}",
    "L-41": "/court/stays",
    "B-35": "/team/lots/{lot_no}",
    "B-72": "/team/settlements/{lot_no}/delivery",
    "T-05": "/court/transfers/{subject}/result",
    "X-09": "/team/assets/{asset_no}/unsold",
}
"""Where the step itself is taken, rather than the page of the whole subject."""
_ROOMS = {"/finance/": Role.FINANCE, "/supervision/": Role.INTERMEDIATE_COURT}
"""Pages that only one office opens."""


def _link(actor: Actor, clock: Deadline, known: _Known, asset: Asset | None) -> str:
    """The first page that the reader's office opens and whose names are known."""
    if clock.subject_kind == "lead" and not _reads_lead(actor, clock, known):
        return "/court/leads"
    names = {"subject": str(clock.subject_id)}
    if clock.lot_id in known.lots:
        names["lot_no"] = known.lots[clock.lot_id][0]
    if asset is not None:
        names["asset_no"] = asset.asset_no
    taken_in_kind = (clock.trigger_event or "").startswith("in_kind.served")
    by_subject = BY_SUBJECT["in_kind" if taken_in_kind else clock.subject_kind]
    by_clock = (
        by_subject
        if taken_in_kind or clock.subject_kind == "in_kind"
        else _BY_CLOCK.get(clock.rule, by_subject)
    )
    for form in (by_clock, by_subject, BY_SUBJECT["lot"], BY_SUBJECT["asset"]):
        opens = all(actor.has(role) for start, role in _ROOMS.items() if form.startswith(start))
        if opens and {name for _, name, _, _ in Formatter().parse(form) if name} <= set(names):
            return form.format_map(names)
    return "/court"


def _reads_lead(actor: Actor, clock: Deadline, known: _Known) -> bool:
    """A lead's words are for the command centre and for whoever checks it."""
    _, handler = known.leads.get(clock.subject_id, ("", None))
    is_handler = handler is not None and handler == actor.account_id
    return is_handler or may(actor, Permission.DISPATCH_INSTRUCTION, court_code=clock.owner_court)
