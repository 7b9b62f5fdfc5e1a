"""The electronic dossier of a case: catalogue, upload, items with their versions, who read what."""

from base64 import b64encode
from typing import Any
from uuid import UUID

from litestar import Response, get, post

import valuation.appraisal.in_dossier  # noqa: F401 - each tells what it keeps of a case
from core.database import Database, Work
from core.errors import DisposalError, InvalidInput, NotFound, NotPermitted
from core.files import inspect_file
from core.i18n import Message, msg
from core.identity import Actor
from core.settings import get_settings
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import asset_by_number, assets_of_case
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.cases.queries import open_case_file
from disposal_teams.courts.queries import court_names
from disposal_teams.dossier.keep import add_version, declare_void, file_in_dossier
from disposal_teams.dossier.models import DossierKind
from disposal_teams.dossier.read import (
    OpenItem,
    entries_of,
    own_case,
    own_item,
    own_paper,
    own_version,
    papers_of_case,
    readings_of,
)
from disposal_teams.dossier.rules import KIND_LABELS, may_keep, may_see_readers
from disposal_teams.dossier.sources import kept_elsewhere
from disposal_teams.plain_text import listed
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import carried_out
from web.forms import Form, read_form
from web.papers import file_answer, paper_answer
from web.rendering import page, see_other
from web.team.labels import shown

BASE = "/team/cases/{case_id:uuid}/dossier"
UPLOAD_LIMIT = 64_000_000
"""Bytes of one request: what comes beyond is not read. Files wait on the disk until it is their turn."""
MOST_AT_ONCE = 10
KINDS = [(str(kind), msg(label)) for kind, label in KIND_LABELS.items()]
GROUNDS: dict[str, Message] = {
    "own": msg("本院"),
    "supervision": msg("上级监督"),
    "instruction": msg("随指令"),
    "transfer": msg("随移送"),
}


@get(BASE, include_in_schema=False)
async def dossier_page(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID
) -> Response[Any]:
    """The catalogue of a case of the own court."""
    return await _show(request, database, require_staff(visitor), case_id, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, case_id: UUID, form: Form
) -> Response[Any]:
    async with database.begin(actor) as work:
        case = await own_case(work, case_id)
        overseen = may_see_readers(actor, case.court_code)
        context = {
            "case": case,
            "entries": await entries_of(work, case.id),
            "papers": await papers_of_case(work, case),
            "elsewhere": await kept_elsewhere(work, case.id),
            "assets": [
                (each.asset_no, f"{each.asset_no} {each.title}")
                for each in await assets_of_case(work, case.id)
            ],
            "readings": await readings_of(work, case.id) if overseen else None,
            "courts": await court_names(work),
        }
    return page(
        request,
        "dossier/case.html",
        status=form.status,
        form=form,
        kinds=shown(request, KINDS),
        kind_labels=KIND_LABELS,
        grounds=GROUNDS,
        may_keep=may_keep(actor, case.court_code),
        most_mb=get_settings().dossier_file_mb,
        **context,
    )


@post(BASE, include_in_schema=False, request_max_body_size=UPLOAD_LIMIT)
async def upload(request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID) -> Response[Any]:
    """Put files into the dossier, one after the other; what is refused is named, the rest is kept."""
    actor = require_staff(visitor)
    form = await read_form(request)
    kind = form.choice("kind", DossierKind)
    title = form.text("title", required=False, longest=120)
    asset_no = form.text("asset", required=False, longest=30)
    if kind is None or form.is_bad:
        return await _show(request, database, actor, case_id, form)
    async with database.read(actor) as work:
        _check_keeper(actor, await open_case_file(work, case_id))
    kept, refused = 0, list[Message]()
    is_one = len(form.files.get("file", [])) == 1
    most_bytes = get_settings().dossier_file_mb * 1_000_000
    async for name, content in form.one_by_one("file", most=MOST_AT_ONCE, most_bytes=most_bytes):
        try:
            checked = await inspect_file(name, content, most_bytes=most_bytes)
            async with database.begin(actor) as work:
                await file_in_dossier(
                    work,
                    await open_case_file(work, case_id),
                    checked,
                    kind=kind,
                    title=title if is_one else "",
                    asset=await _asset(work, asset_no),
                )
            kept += 1
        except NotFound:
            raise
        except DisposalError as error:
            refused.append(msg("{name}：{why}", name=name[-60:], why=said_of(error)))
    if refused or form.is_bad:
        if refused:
            form.errors["file"] = listed(refused)
        return await _show(request, database, actor, case_id, form)
    return see_other(
        request, f"/team/cases/{case_id}/dossier", said=msg("已入卷 {count} 个文件。", count=kept)
    )


def said_of(error: DisposalError) -> Message:
    """The one sentence that tells why a file was not taken."""
    if isinstance(error, InvalidInput) and error.fields:
        return next(iter(error.fields.values()))
    return error.message


def _check_keeper(actor: Actor, case: EnforcementCase) -> None:
    if not may_keep(actor, case.court_code):
        raise NotPermitted(msg("卷宗材料由案件所属法院的办案人员入卷。"), rule="P-03")


async def _asset(work: Work, asset_no: str) -> Asset | None:
    if not asset_no:
        return None
    asset = await asset_by_number(work, asset_no)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"))
    return asset


@get(BASE + "/{file_id:uuid}", include_in_schema=False)
async def file_page(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID, file_id: UUID
) -> Response[Any]:
    """An item with all its versions; opening it is recorded."""
    return await _show_item(request, database, require_staff(visitor), case_id, file_id, Form.blank())


async def _show_item(
    request: AnyRequest, database: Database, actor: Actor, case_id: UUID, file_id: UUID, form: Form
) -> Response[Any]:
    async with database.begin(actor) as work:
        item = await own_item(work, case_id, file_id)
        case = await open_case_file(work, case_id)
        readings = None
        if may_see_readers(actor, case.court_code):
            readings = await readings_of(work, case.id, file_id=file_id)
        courts = await court_names(work)
    base = f"/team/cases/{case_id}/dossier"
    return item_page(
        request,
        item,
        base=base,
        files=f"{base}/{file_id}",
        form=form,
        may_keep=may_keep(actor, case.court_code),
        readings=readings,
        courts=courts,
    )


def item_page(
    request: AnyRequest,
    item: OpenItem,
    *,
    base: str,
    files: str,
    form: Form | None = None,
    may_keep: bool = False,
    readings: Any = None,
    courts: dict[str, str] | None = None,
) -> Response[Any]:
    """An item that was opened, below the address `base` of its dossier and `files` of its own."""
    form = form or Form.blank()
    preview = f"data:image/webp;base64,{b64encode(item.preview).decode()}" if item.preview else None
    return page(
        request,
        "dossier/item.html",
        status=form.status,
        form=form,
        item=item,
        preview=preview,
        base=base,
        files=files,
        may_keep=may_keep,
        readings=readings,
        courts=courts or {},
        kind_labels=KIND_LABELS,
        grounds=GROUNDS,
        most_mb=get_settings().dossier_file_mb,
    )


@post(BASE + "/{file_id:uuid}/versions", include_in_schema=False, request_max_body_size=UPLOAD_LIMIT)
async def upload_version(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID, file_id: UUID
) -> Response[Any]:
    """Add a new version; the old ones stay."""
    actor = require_staff(visitor)
    form = await read_form(request)
    remark = form.text("remark", longest=200)
    most_bytes = get_settings().dossier_file_mb * 1_000_000
    file = await form.upload("file", most_bytes=most_bytes)
    if file is not None and not form.is_bad:
        try:
            async with database.read(actor) as work:
                _check_keeper(actor, await open_case_file(work, case_id))
            checked = await inspect_file(*file, most_bytes=most_bytes)
            async with database.begin(actor) as work:
                await open_case_file(work, case_id)
                await add_version(work, file_id, checked, remark=remark, case_id=case_id)
            return see_other(
                request, f"/team/cases/{case_id}/dossier/{file_id}", said=msg("新版本已入卷，原版本保留。")
            )
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show_item(request, database, actor, case_id, file_id, form)


@post(BASE + "/{file_id:uuid}/void", include_in_schema=False)
async def void(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID, file_id: UUID
) -> Response[Any]:
    """Declare an item void; it stays, marked."""
    actor = require_staff(visitor)
    form = await read_form(request)
    reason = form.text("void_reason", longest=200)

    async def act(work: Work) -> None:
        await open_case_file(work, case_id)
        await declare_void(work, file_id, reason=reason, case_id=case_id)

    if await carried_out(database, actor, form, act):
        return see_other(
            request, f"/team/cases/{case_id}/dossier/{file_id}", said=msg("已作废，材料保留在卷。")
        )
    return await _show_item(request, database, actor, case_id, file_id, form)


@get(BASE + "/{file_id:uuid}/versions/{number:int}", include_in_schema=False)
async def version_file(
    database: Database, visitor: Visitor, case_id: UUID, file_id: UUID, number: int
) -> Response[Any]:
    """The bytes of a version; opening it is recorded."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        return file_answer(await own_version(work, case_id, file_id, number))


@get(BASE + "/papers/{document_id:uuid}", include_in_schema=False)
async def paper_file(database: Database, visitor: Visitor, case_id: UUID, document_id: UUID) -> Response[Any]:
    """A court paper of the case; opening it is recorded."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        return paper_answer(await own_paper(work, case_id, document_id))


route_handlers = [dossier_page, upload, file_page, upload_version, void, version_file, paper_file]
