"""Register an asset: one identity over every round, court and platform (§11.1)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import or_, text
from sqlmodel import col, select

from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import Conflict, InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from core.search_text import index_tokens
from disposal_teams.assets.models import Asset, AssetKind
from disposal_teams.cases.models import CaseState, EnforcementCase
from disposal_teams.courts.models import DisposalTeam
from disposal_teams.plain_text import clean_text

MAX_AREA_M2 = Decimal("100000000")
MAX_ATTRIBUTES_BYTES = 20_000


async def register_asset(
    work: Work,
    *,
    case: EnforcementCase,
    kind: AssetKind,
    title: str,
    location: str = "",
    district: str = "",
    registry_no: str | None = None,
    owner_name: str = "",
    area_m2: Decimal | None = None,
    attributes: Mapping[str, Any] | None = None,
    team_id: UUID | None = None,
    source_key: str | None = None,
    is_demo: bool = False,
) -> Asset:
    """Register an asset of the case. The same `source_key` a second time returns the asset that is there.

    `area_m2` in square metres. Raises `InvalidInput`; `Conflict` when the registry number is known, which says where, so
    that the court registers a waiting seal there instead; `NotPermitted` for another court's case (P-03).
    """
    require(work.actor, Permission.REGISTER_ASSET, court_code=case.court_code)
    if case.state == CaseState.CLOSED:
        raise RuleViolation(
            "D-06",
            msg("案件 {case_no} 已结案，不能登记标的物。", case_no=case.case_no),
            remedy=msg("发现可供执行财产的，请先恢复执行，在恢复执行的案件中登记。"),
        )
    fields: dict[str, Message] = {}
    title = clean_text(title, "title", fields, longest=200)
    location = clean_text(location, "location", fields, longest=200, required=False)
    district = clean_text(district, "district", fields, longest=40, required=False)
    owner_name = clean_text(owner_name, "owner_name", fields, longest=80, required=False)
    registry_no = clean_text(registry_no or "", "registry_no", fields, longest=80, required=False) or None
    source_key = clean_text(source_key or "", "source_key", fields, longest=80, required=False) or None
    if area_m2 is not None and not Decimal("0.01") <= area_m2 <= MAX_AREA_M2:
        fields["area_m2"] = msg("面积须为 0.01 至 1 亿平方米。")
    if len(msgspec.json.encode(attributes or {})) > MAX_ATTRIBUTES_BYTES:
        fields["attributes"] = msg("附加信息过长。")
    if fields:
        raise InvalidInput(msg("标的物信息有误，请按提示修改。"), fields=fields)
    known = await _known(work, source_key, registry_no)
    if known is not None and known.source_key == source_key and source_key is not None:
        return known
    if known is not None:
        raise Conflict(
            msg(
                "权证号 {registry_no} 已登记为标的物 {asset_no}。同一财产不能重复登记，请在该标的物上登记轮候查封。",
                registry_no=registry_no or "",
                asset_no=known.asset_no,
            ),
            rule="A-04",
        )
    if team_id is not None:
        team = await work.session.get(DisposalTeam, team_id)
        if team is None or team.court_code != case.court_code:
            raise InvalidInput(
                msg("标的物信息有误，请按提示修改。"), fields={"team_id": msg("请选择本院的处置团队。")}
            )
    asset = Asset(
        id=new_id(),
        asset_no=await _next_number(work),
        kind=AssetKind(kind),
        title=title,
        location=location,
        district=district,
        registry_no=registry_no,
        source_key=source_key,
        case_id=case.id,
        court_code=case.court_code,
        team_id=team_id,
        area_m2=area_m2,
        attributes=dict(attributes or {}),
        owner_name=owner_name,
        search_tokens=index_tokens(
            " ".join(filter(None, (title, location, registry_no, owner_name, case.case_no)))
        ),
        is_demo=is_demo,
        created_at=work.now,
    )
    work.session.add(asset)
    await record(
        work,
        "asset.registered",
        stream=f"asset:{asset.id}",
        rule="A-01",
        asset_id=asset.id,
        case_id=case.id,
        flush=False,
        asset_no=asset.asset_no,
        kind=asset.kind,
    )
    return asset


async def _known(work: Work, source_key: str | None, registry_no: str | None) -> Asset | None:
    """The asset that has this source key, else the one that has this registry number."""
    conditions = [
        column == value
        for column, value in ((col(Asset.source_key), source_key), (col(Asset.registry_no), registry_no))
        if value is not None
    ]
    if not conditions:
        return None
    found = list(await work.session.exec(select(Asset).where(or_(*conditions))))
    by_source = [asset for asset in found if source_key is not None and asset.source_key == source_key]
    return next(iter([*by_source, *found]), None)


async def _next_number(work: Work) -> str:
    number = (await work.session.execute(text("SELECT nextval('asset_number_sequence')"))).scalar_one()
    return f"ZC{work.now.astimezone(COURT_ZONE).year}{number:06d}"
