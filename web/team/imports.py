"""Files of cases and assets: hand in, read the report of the dry run, confirm or throw away; templates."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Permission, require
from core.tables import MEDIA_TYPES, write_csv
from disposal_teams.intake.columns import KIND_NAMES
from disposal_teams.intake.examine import MOST_BYTES
from disposal_teams.intake.hand_in import confirm_file, discard_file, hand_in_file
from disposal_teams.intake.models import IntakeKind, IntakeState
from disposal_teams.intake.queries import STATE_LABELS, all_faults, faults_of, file_of_court, files_of_court
from disposal_teams.intake.template_files import template_file
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, query_form, read_form
from web.papers import download
from web.rendering import page, see_other, translated
from web.team.labels import shown

BASE = "/team/imports"
COUNT_LABELS = {
    "cases": "案件",
    "parties": "当事人",
    "claims": "债权",
    "links": "关联案件",
    "assets": "财产",
    "seals": "查封",
    "unchanged": "已登记，不再导入",
}
STATE_TAGS = {
    IntakeState.WAITING: "info",
    IntakeState.CONFIRMED: "info",
    IntakeState.LOADED: "good",
}


@get(BASE, include_in_schema=False)
async def imports_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The files of the court, the form for a new one, the templates."""
    return await _list(request, database, visitor, Form.blank(kind=str(IntakeKind.CASES)))


async def _list(request: AnyRequest, database: Database, visitor: Visitor, form: Form) -> Response[Any]:
    actor = require_staff(visitor)
    require(actor, Permission.REGISTER_ASSET)
    async with database.read(actor) as work:
        files = await files_of_court(work)
    return page(
        request,
        "team/imports.html",
        status=form.status,
        form=form,
        files=files,
        kinds=shown(request, [(str(kind), msg(name)) for kind, name in KIND_NAMES.items()]),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "kind_names": KIND_NAMES,
        "state_labels": STATE_LABELS,
        "state_tags": STATE_TAGS,
        "count_labels": COUNT_LABELS,
    }


@post(BASE, include_in_schema=False)
async def hand_in(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Take a file; a worker examines it."""
    actor = require_staff(visitor)
    form = await read_form(request)
    kind = form.choice("kind", IntakeKind)
    upload = await form.upload("file", most_bytes=MOST_BYTES)
    form.values.pop("file", None)
    if kind is not None and upload is not None and not form.is_bad:
        try:
            async with database.begin(actor) as work:
                file = await hand_in_file(
                    work, kind=kind, name=upload[0], content=upload[1], court_code=actor.court_code
                )
            return see_other(request, f"{BASE}/{file.id}", said=msg("文件已收到，正在逐行检查。"))
        except DisposalError as error:
            form.refuse(error)
    return await _list(request, database, visitor, form)


@get(BASE + "/{file_id:uuid}", include_in_schema=False)
async def import_page(
    request: AnyRequest, database: Database, visitor: Visitor, file_id: UUID
) -> Response[Any]:
    """What was found in a file, what it will bring, and the next step."""
    return await _show(request, database, visitor, file_id, None)


async def _show(
    request: AnyRequest, database: Database, visitor: Visitor, file_id: UUID, form: Form | None
) -> Response[Any]:
    actor = require_staff(visitor)
    query = query_form(request)
    after = query.integer("after", least=-1, most=10**6, required=False) if query.value("after") else -1
    async with database.read(actor) as work:
        file = await file_of_court(work, file_id)
        faults = await faults_of(work, file, after=after)
        more = bool(faults) and bool(await faults_of(work, file, after=faults[-1].position, limit=1))
    here = f"{BASE}/{file.id}"
    return page(
        request,
        "team/import.html",
        status=form.status if form else 200,
        form=form or Form.blank(),
        file=file,
        faults=faults,
        next_href=f"{here}?after={faults[-1].position}" if more else None,
        first_href=here if after >= 0 else None,
        is_working=IntakeState(file.state) in (IntakeState.WAITING, IntakeState.CONFIRMED),
        is_sound=IntakeState(file.state) is IntakeState.EXAMINED and not file.fault_count,
        **_words(),
    )


@post(BASE + "/{file_id:uuid}", include_in_schema=False)
async def decide(request: AnyRequest, database: Database, visitor: Visitor, file_id: UUID) -> Response[Any]:
    """Have the file loaded as it was examined, or throw it away."""
    actor = require_staff(visitor)
    form = await read_form(request)
    wants_to_load = form.choice("step", ("load", "discard")) == "load"
    digest = form.text("sha256", required=wants_to_load, longest=64)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                if wants_to_load:
                    await confirm_file(work, file_id, digest=digest)
                    said = msg("已确认，正在导入。")
                else:
                    await discard_file(work, file_id)
                    said = msg("文件已放弃，内容已删除。")
            return see_other(request, f"{BASE}/{file_id}", said=said)
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, visitor, file_id, form)


@get(BASE + "/{file_id:uuid}/faults", include_in_schema=False)
async def faults_file(
    request: AnyRequest, database: Database, visitor: Visitor, file_id: UUID
) -> Response[Any]:
    """The report as CSV, to mend the file by."""
    actor = require_staff(visitor)

    def said(text: Any) -> str:
        return translated(request, text)

    heading = [said(msg(each)) for each in ("行", "列", "内容", "规则", "问题", "处理办法")]
    async with database.read(actor) as work:
        file = await file_of_court(work, file_id)
        rows = [
            (each.row or "", said(msg(each.column)) if each.column else "", each.value, each.rule,
             said(each.message), said(each.remedy))
            async for each in all_faults(work, file)
        ]  # fmt: skip
    return download(write_csv(heading, rows), name=f"faults-{file.id}.csv", media_type=MEDIA_TYPES["csv"])


@get("/team/import-templates/{kind:str}/{file_type:str}", include_in_schema=False)
async def template(visitor: Visitor, kind: str, file_type: str) -> Response[Any]:
    """An empty file to fill in."""
    actor = require_staff(visitor)
    require(actor, Permission.REGISTER_ASSET)
    if kind not in set(IntakeKind) or file_type not in MEDIA_TYPES:
        raise NotFound(msg("没有这种格式的文件。"))
    return download(
        template_file(IntakeKind(kind), file_type),
        name=f"{KIND_NAMES[IntakeKind(kind)]}-模板.{file_type}",
        media_type=MEDIA_TYPES[file_type],
    )


route_handlers = [imports_page, hand_in, import_page, decide, faults_file, template]
