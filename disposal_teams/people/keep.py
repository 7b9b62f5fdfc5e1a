"""Keep the directory and the pool: each court its own, the expert committee by the intermediate court."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from core.audit import record
from core.database import Work
from core.errors import InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, require
from core.identity.accounts import as_actor
from core.identity.models import Account
from core.ids import new_id
from disposal_teams.people.models import OfficePhone, PhoneKind, Skill, Talent
from disposal_teams.people.rules import checked_phone
from disposal_teams.plain_text import clean_text


async def add_phone(
    work: Work,
    court_code: str,
    *,
    kind: PhoneKind,
    name: str,
    phone: str,
    post: str = "",
    hours: str = "",
    is_demo: bool = False,
) -> OfficePhone:
    """Publish an office phone of the own court. Raises `InvalidInput` (a mobile number too), `NotPermitted`."""
    _require_keeper(work, court_code)
    fields: dict[str, Message] = {}
    name = clean_text(name, "name", fields, longest=40)
    post = clean_text(post, "post", fields, longest=40, required=False)
    hours = clean_text(hours, "hours", fields, longest=60, required=False)
    try:
        phone = checked_phone(phone)
    except InvalidInput as error:
        fields |= error.fields
    if fields:
        raise InvalidInput(msg("名录内容有误，请按提示修改。"), fields=fields)
    line = OfficePhone(
        id=new_id(), court_code=court_code, kind=PhoneKind(kind), name=name, post=post, phone=phone, hours=hours,
        updated_by=work.actor.name, updated_at=work.now, is_demo=is_demo,
    )  # fmt: skip
    work.session.add(line)
    await record(
        work, "directory.line_added", stream=f"court:{court_code}", line=str(line.id), kind=str(kind)
    )
    return line


async def remove_phone(work: Work, phone_id: UUID) -> None:
    """Take a line out of the directory."""
    line = await work.session.get(OfficePhone, phone_id)
    if line is None:
        raise NotFound(msg("名录中没有这一项。"))
    _require_keeper(work, line.court_code)
    await work.session.delete(line)
    await record(work, "directory.line_removed", stream=f"court:{line.court_code}", line=str(phone_id))


async def enter_talent(
    work: Work,
    account_id: UUID,
    *,
    skills: Collection[Skill],
    merits: str = "",
    is_expert: bool | None = None,
) -> Talent:
    """Enter somebody of the own court with the skills, whatever the rank; membership of the expert committee is given by the
    intermediate court only (None: as it is). Raises `InvalidInput`, `NotPermitted`."""
    account = await work.session.get(Account, account_id)
    if account is None or account.court_code is None or not as_actor(account).is_staff:
        raise NotFound(msg("没有找到该人员。"), rule="P-03")
    _require_keeper(work, account.court_code)
    fields: dict[str, Message] = {}
    merits = clean_text(merits, "merits", fields, longest=500, required=False)
    if not skills:
        fields["skills"] = msg("请至少选择一项专长。")
    if fields:
        raise InvalidInput(msg("人才库内容有误，请按提示修改。"), fields=fields)
    known = await work.session.get(Talent, account_id)
    was_expert = known is not None and known.is_expert
    is_expert = was_expert if is_expert is None else is_expert
    if is_expert != was_expert:
        require(work.actor, Permission.ORDER_COURTS)
    values = {
        "court_code": account.court_code,
        "skills": sorted(map(str, {Skill(each) for each in skills})),
        "is_expert": is_expert,
        "merits": merits,
        "updated_by": work.actor.name,
        "updated_at": work.now,
    }
    found = await work.session.execute(
        insert(Talent)
        .values(account_id=account_id, **values)
        .on_conflict_do_update(index_elements=["account_id"], set_=values)
        .returning(Talent)
        .execution_options(populate_existing=True)
    )
    await record(
        work, "talent.entered", stream=f"court:{account.court_code}", person_id=account_id,
        skills=values["skills"], is_expert=is_expert,
    )  # fmt: skip
    return found.scalar_one()


def _require_keeper(work: Work, court_code: str) -> None:
    require(work.actor, Permission.KEEP_PEOPLE, court_code=court_code)
