"""Keep the list of appraisal firms (V-20); the intermediate court does."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import any_, literal
from sqlmodel import col, select

from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from disposal_teams.assets.models import AssetKind
from disposal_teams.plain_text import clean_text
from valuation.appraisers.models import AppraisalFirm


async def list_firm(
    work: Work,
    *,
    name: str,
    licence_no: str,
    licence_until: date,
    kinds: Collection[AssetKind],
    place: str = "",
    phone: str = "",
    account_id: UUID | None = None,
    is_demo: bool = False,
) -> AppraisalFirm:
    """Put a firm on the list. Raises `InvalidInput` by field, `Conflict` (name or licence known), `NotPermitted`."""
    require(work.actor, Permission.KEEP_VALUERS)
    fields: dict[str, Message] = {}
    name = clean_text(name, "name", fields, longest=80)
    licence_no = clean_text(licence_no, "licence_no", fields, longest=60)
    place = clean_text(place, "place", fields, longest=40, required=False)
    phone = clean_text(phone, "phone", fields, longest=40, required=False)
    today = work.now.astimezone(COURT_ZONE).date()
    if licence_until <= today:
        fields["licence_until"] = msg("资质已经到期，不能入选。")
    if not kinds:
        fields["kinds"] = msg("请至少选择一种财产类型。")
    if fields:
        raise InvalidInput(msg("评估机构没有登记，请按提示修改。"), fields=fields, rule="V-20")
    known = await work.session.exec(
        select(AppraisalFirm.id).where(
            (col(AppraisalFirm.name) == name) | (col(AppraisalFirm.licence_no) == licence_no)
        )
    )
    if known.first() is not None:
        raise Conflict(msg("该机构或者该资质证号已经登记。"), rule="V-20")
    firm = AppraisalFirm(
        id=new_id(),
        name=name,
        licence_no=licence_no,
        licence_until=licence_until,
        kinds=sorted(kinds),
        place=place,
        phone=phone,
        account_id=account_id,
        listed_on=today,
        is_demo=is_demo,
    )
    work.session.add(firm)
    await work.session.flush()
    await record(work, "appraisal_firm.listed", stream=f"appraisal_firm:{firm.id}", rule="V-20", name=name)
    return firm


async def remove_firm(work: Work, firm_id: UUID, *, reason: str) -> AppraisalFirm:
    """Take a firm off the list. What it was entrusted with before goes on. Raises `NotFound`, `InvalidInput`."""
    require(work.actor, Permission.KEEP_VALUERS)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=200)
    if fields:
        raise InvalidInput(msg("请写明移出名单的理由。"), fields=fields, rule="V-20")
    firm = await work.session.get(AppraisalFirm, firm_id, with_for_update=True)
    if firm is None or firm.removed_on is not None:
        raise NotFound(msg("名单中没有该机构。"))
    firm.removed_on, firm.removal_reason = work.now.astimezone(COURT_ZONE).date(), reason
    await record(
        work, "appraisal_firm.removed", stream=f"appraisal_firm:{firm.id}", rule="V-20", reason=reason
    )
    return firm


async def eligible_firms(
    work: Work, kind: AssetKind, *, place: str | None = None, without: Collection[UUID] = ()
) -> list[AppraisalFirm]:
    """The firms that may be chosen for an asset of this kind today: listed, licensed; of one place if one is named (V-20).

    `without`: firms that were replaced in this valuation. In the order of their licence numbers.
    """
    today = work.now.astimezone(COURT_ZONE).date()
    query = (
        select(AppraisalFirm)
        .where(
            col(AppraisalFirm.removed_on).is_(None),
            col(AppraisalFirm.licence_until) > today,
            literal(str(kind)) == any_(col(AppraisalFirm.kinds)),
        )
        .order_by(col(AppraisalFirm.licence_no))
    )
    if place is not None:
        query = query.where(AppraisalFirm.place == place)
    if without:
        query = query.where(col(AppraisalFirm.id).not_in(list(without)))
    return list(await work.session.exec(query))


async def all_firms(work: Work) -> list[AppraisalFirm]:
    """Every firm that is or was listed; those on the list first."""
    return list(
        await work.session.exec(
            select(AppraisalFirm).order_by(
                col(AppraisalFirm.removed_on).is_not(None), col(AppraisalFirm.licence_no)
            )
        )
    )
