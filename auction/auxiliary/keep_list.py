"""The court's list of bodies for auxiliary work: taken on with how they were selected, excluded for misbehaviour (B-04)."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from auction.auxiliary.models import AuxiliaryBody, WorkKind
from core.audit import record
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, may, require
from core.ids import new_id
from disposal_teams.plain_text import clean_text

KIND_LABELS: dict[WorkKind, str] = {
    WorkKind.PICTURES: "制作文字、照片、视频资料",
    WorkKind.VIEWING: "接受咨询、引领看样",
    WorkKind.EXPERT: "鉴定、检验等专业工作",
    WorkKind.STORAGE: "仓储、保管、运输",
}
WRONG = msg("辅助机构有误，请按提示修改。")


async def bodies_of(work: Work, court_code: str) -> list[AuxiliaryBody]:
    """The court's list by name, the excluded ones last (P-03)."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    rows = await work.session.exec(
        select(AuxiliaryBody)
        .where(AuxiliaryBody.court_code == court_code)
        .order_by(col(AuxiliaryBody.excluded_at).is_not(None), col(AuxiliaryBody.name))
    )
    return list(rows)


async def list_body(
    work: Work, court_code: str, *, name: str, kinds: Sequence[str], selected_how: str
) -> AuxiliaryBody:
    """Take a body on. Raises `InvalidInput` by field, `Conflict` for a name that stands, `NotPermitted`."""
    require(work.actor, Permission.KEEP_AUXILIARY, court_code=court_code)
    fields: dict[str, Message] = {}
    name = clean_text(name, "name", fields, longest=80)
    selected_how = clean_text(selected_how, "selected_how", fields, longest=200)
    if not kinds or set(kinds) - set(WorkKind):
        fields["kinds"] = msg("请至少选择一项。")
    if fields:
        raise InvalidInput(WRONG, fields=fields, rule="B-04")
    if name in {each.name for each in await bodies_of(work, court_code)}:
        raise Conflict(msg("名单中已有该机构。"), rule="B-04")
    body = AuxiliaryBody(
        id=new_id(),
        court_code=court_code,
        name=name,
        kinds=sorted(set(kinds)),
        selected_how=selected_how,
        listed_at=work.now,
    )
    work.session.add(body)
    await work.session.flush()
    await record(
        work, "auxiliary.body_listed", stream=f"auxiliary:{body.id}", rule="B-04", name=name, kinds=body.kinds
    )
    return body


async def exclude_body(work: Work, body_id: UUID, *, because: str) -> AuxiliaryBody:
    """Exclude a misbehaving body from further orders. Raises `NotFound` (P-03), `Conflict`, `InvalidInput`."""
    body = await work.session.get(AuxiliaryBody, body_id, with_for_update=True, populate_existing=True)
    if body is None or not may(work.actor, Permission.KEEP_AUXILIARY, court_code=body.court_code):
        raise NotFound(msg("没有找到该辅助机构，或它不属于本院。"), rule="P-03")
    if body.excluded_at is not None:
        raise Conflict(msg("该机构已经除名。"), rule="B-04")
    fields: dict[str, Message] = {}
    because = clean_text(because, "because", fields, longest=300)
    if fields:
        raise InvalidInput(WRONG, fields=fields, rule="B-04")
    body.excluded_at, body.excluded_because = work.now, because
    await record(work, "auxiliary.body_excluded", stream=f"auxiliary:{body.id}", rule="B-04", because=because)
    return body
