"""A debtor's hardship at the court: what was told with its evidence, what the court found, what is left to the debtor."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database, Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Actor, Permission, may
from core.sealed_files import MOST_BYTES
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import open_case_file, parties_of
from disposal_teams.forbearance import rules
from disposal_teams.forbearance.hardship import MOST_FILES, answer_hardship, open_evidence, tell_hardship
from disposal_teams.forbearance.models import HardshipKind, HardshipState
from disposal_teams.forbearance.queries import hardships_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import carried_out
from web.forms import Form, read_form
from web.papers import file_answer
from web.rendering import page, see_other, translated

BASE = "/team/cases/{case_id:uuid}/hardship"
H = HardshipState
TAGS = {H.FILED: "warn", H.RECOGNISED: "good", H.PARTLY: "info", H.REFUSED: "bad"}
FINDINGS = (H.RECOGNISED, H.PARTLY, H.REFUSED)


@get(BASE, include_in_schema=False)
async def hardship_page(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID
) -> Response[Any]:
    """Every note of a case."""
    return await _show(request, database, require_staff(visitor), case_id, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, case_id: UUID, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        case = await open_case_file(work, case_id)
        notes = await hardships_of(work, case.id)
        parties = await parties_of(work, case.id)
    return page(
        request,
        "forbearance/hardship.html",
        status=form.status,
        form=form,
        case=case,
        notes=notes,
        names={each.id: each.name for each in parties},
        debtors=[(str(each.id), each.name) for each in parties if each.role == PartyRole.DEBTOR],
        kinds=[
            (str(kind), translated(request, msg(label))) for kind, label in rules.HARDSHIP_KIND_LABELS.items()
        ],
        findings=[(str(each), translated(request, msg(rules.HARDSHIP_LABELS[each]))) for each in FINDINGS],
        hardship_labels=rules.HARDSHIP_LABELS,
        hardship_kinds=rules.HARDSHIP_KIND_LABELS,
        hardship_tags=TAGS,
        may_enter=may(actor, Permission.REGISTER_ASSET, court_code=case.court_code),
        may_decide=may(actor, Permission.ISSUE_RULING, court_code=case.court_code),
    )


@post(BASE, include_in_schema=False)
async def enter_hardship(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID
) -> Response[Any]:
    """Write down what came on paper."""
    form = await read_form(request)
    party_id = form.identifier("debtor")
    told = await read_hardship(form)

    async def act(work: Work) -> None:
        await open_case_file(work, case_id)
        await tell_hardship(work, case_id, party_id=party_id, **told)

    return await _take(request, database, visitor, case_id, form, act)


async def read_hardship(form: Form) -> dict[str, Any]:
    """The fields of a note; files may be left out where evidence is named."""
    has_files = any(file.filename for file in form.files.get("files", []))
    return {
        "kind": form.choice("kind", HardshipKind),
        "circumstances": form.text("circumstances", longest=2000, lines=True),
        "needs": form.text("needs", longest=1000, lines=True),
        "evidence": form.text("evidence", required=False, longest=500),
        "files": await form.uploads("files", most=MOST_FILES, most_bytes=MOST_BYTES) if has_files else [],
    }


@post(BASE + "/answer", include_in_schema=False)
async def answer(request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID) -> Response[Any]:
    """What the court found."""
    form = await read_form(request)
    note_id = form.identifier("note")
    finding = form.choice("finding", FINDINGS)
    text = form.text("answer", longest=1000, lines=True)
    reserved = form.text("reserved", required=False, longest=1000, lines=True)
    monthly_fen = form.yuan("monthly", required=False)
    review_on = form.day("review_on", required=False)

    async def act(work: Work) -> None:
        assert note_id is not None
        assert finding is not None
        await open_case_file(work, case_id)
        if note_id not in {note.id for note in await hardships_of(work, case_id)}:
            raise NotFound(msg("没有找到该困难说明。"))
        await answer_hardship(
            work,
            note_id,
            finding=finding,
            answer=text,
            reserved=reserved,
            monthly_fen=monthly_fen,
            review_on=review_on,
        )

    return await _take(request, database, visitor, case_id, form, act)


@get(BASE + "/{note_id:uuid}/files/{file_id:uuid}", include_in_schema=False)
async def evidence_file(
    database: Database, visitor: Visitor, case_id: UUID, note_id: UUID, file_id: UUID
) -> Response[Any]:
    """A file of evidence; the look is recorded."""
    async with database.begin(require_staff(visitor)) as work:
        await open_case_file(work, case_id)
        return file_answer(await open_evidence(work, note_id, file_id))


async def _take(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID, form: Form, act: Any
) -> Response[Any]:
    actor = require_staff(visitor)
    if await carried_out(database, actor, form, act):
        return see_other(request, f"/team/cases/{case_id}/hardship", said=msg("已记录。"))
    return await _show(request, database, actor, case_id, form)


route_handlers = [hardship_page, enter_hardship, answer, evidence_file]
