"""The court takes an objection up, asks for papers, or refuses it (B-60, L-35, L-36; P-04: who may sit)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select

from core.database import Work
from core.errors import Conflict, InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Role
from core.identity.models import Account
from core.notices import notify
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.cases.queries import parties_of
from disposal_teams.cases.rules import CaseType, parse_case_number
from disposal_teams.courts.queries import staff_of
from disposal_teams.objections import rules
from disposal_teams.objections.models import Objection, ObjectionKind, ObjectionState, Outcome
from disposal_teams.objections.papers import issue_ruling_paper
from disposal_teams.objections.progress import (
    RULING_CLOCK,
    lock_for_panel,
    move,
    note,
    require_state,
    start_clock,
    stay_sale,
    stop_clock,
    tell_filer,
)
from disposal_teams.objections.submit import STAYED_BY_LAW
from disposal_teams.plain_text import clean_text


async def handlers_of(work: Work, objection: Objection) -> set[str]:
    """Everybody who acted in the case or on the asset, as account ids and names (P-04)."""
    rows = await work.session.execute(
        text(
            "SELECT DISTINCT actor_account_id, details->'members' AS members FROM audit_event "
            "WHERE (case_id = :case OR asset_id = :asset) AND event NOT LIKE 'objection.%' "
            "AND (actor_account_id IS NOT NULL OR details ? 'members')"
        ),
        {"case": objection.case_id, "asset": objection.asset_id},
    )
    handlers: set[str] = set()
    for account_id, members in rows:
        if account_id is not None:
            handlers.add(str(account_id))
        handlers.update(rules.plain_name(name) for name in members or ())
    case = await work.session.get(EnforcementCase, objection.case_id)
    if case is not None and case.officer_account_id is not None:
        handlers.add(str(case.officer_account_id))
    return handlers


async def panel_candidates(work: Work, objection: Objection) -> list[tuple[Account, bool]]:
    """The court's objection judges, each with whether he or she may sit (P-04)."""
    accounts = await staff_of(work, objection.court_code, Role.OBJECTION_PANEL)
    handlers = await handlers_of(work, objection)
    return [
        (account, str(account.id) not in handlers and rules.plain_name(account.display_name) not in handlers)
        for account in accounts
    ]


async def accept_objection(
    work: Work, objection_id: UUID, *, number: str, panel_accounts: Sequence[UUID]
) -> Objection:
    """File the objection under its case number (执异) with its panel; the fifteen days of the ruling begin.

    The parties are told within three days: here at once, in their inboxes; the clock of B-60 waits for the others. Raises
    `RuleViolation` (P-04, P-05, not open), `InvalidInput` (number), `Conflict` (number taken), `NotPermitted`.
    """
    objection = await lock_for_panel(work, objection_id)
    case_no = parse_case_number(number)
    if case_no.type is not CaseType.OBJECTION or case_no.court_code != objection.court_code:
        raise InvalidInput(
            msg("异议案号有误。"),
            fields={"number": msg("应为本院的执异案号，例如：（2026）苏0505执异12号。")},
            rule="P-05",
        )
    taken = await work.session.exec(select(Objection.id).where(Objection.number == str(case_no)))
    if taken.first() not in (None, objection.id):
        raise Conflict(msg("案号 {number} 已被使用。", number=str(case_no)), rule="P-05")
    candidates = {account.id: account.display_name for account, _ in await panel_candidates(work, objection)}
    unknown = [account for account in panel_accounts if account not in candidates]
    if unknown or not panel_accounts:
        raise RuleViolation("P-05", msg("请从本院执行裁判岗位人员中选择合议庭成员。"))
    chosen = {str(account): candidates[account] for account in panel_accounts}
    rules.check_panel(chosen, handlers=await handlers_of(work, objection))
    move(objection, ObjectionState.UNDER_REVIEW)
    objection.number, objection.accepted_at = str(case_no), work.now
    objection.panel_accounts = list(dict.fromkeys(panel_accounts))
    objection.panel = [candidates[account] for account in objection.panel_accounts]
    await stop_clock(work, objection, rules.FILING, "objection.accepted")
    await stop_clock(work, objection, rules.SUPPLEMENT, "objection.accepted")
    await start_clock(
        work, objection, RULING_CLOCK[objection.kind], days=rules.RULING_DAYS, owner=Role.OBJECTION_PANEL
    )
    await note(
        work, objection, "accepted", "B-60", panel=[str(account) for account in objection.panel_accounts]
    )
    if objection.kind == ObjectionKind.THIRD_PARTY and not objection.stays_sale:
        await stay_sale(work, objection, STAYED_BY_LAW)
    await _tell_parties(work, objection)
    await tell_filer(
        work,
        objection,
        "accepted",
        msg("异议已立案"),
        msg("您的异议已经立案，案号 {number}，法院自立案起十五日内裁定。", number=objection.number),
    )
    return objection


async def _tell_parties(work: Work, objection: Objection) -> None:
    without_account = 0
    for party in await parties_of(work, objection.case_id):
        if party.account_id is None:
            without_account += 1
            continue
        if party.account_id != objection.filer_account_id:
            await notify(
                work,
                account_id=party.account_id,
                key=f"objection:{objection.id}:parties",
                title=msg("执行异议立案通知"),
                body=msg(
                    "对您案件的标的物有人提出{kind}，案号 {number}。您可以向法院提交意见。",
                    kind=msg(rules.KIND_LABELS[ObjectionKind(objection.kind)]),
                    number=objection.number or "",
                ),
            )
    if without_account:
        await start_clock(work, objection, rules.NOTICE, days=rules.NOTICE_DAYS, owner=Role.OBJECTION_PANEL)


async def record_parties_notified(work: Work, objection_id: UUID, *, proof: str) -> Objection:
    """The parties without an account have been told, with proof (B-60). Raises `InvalidInput`, `NotPermitted`."""
    objection = await lock_for_panel(work, objection_id)
    fields: dict[str, Message] = {}
    proof = clean_text(proof, "proof", fields, longest=200)
    if fields:
        raise InvalidInput(msg("请填写送达凭证。"), fields=fields, rule="B-60")
    await stop_clock(work, objection, rules.NOTICE, "objection.parties_notified")
    await note(work, objection, "parties_notified", "B-60", proof=proof)
    return objection


async def ask_supplement(work: Work, objection_id: UUID, *, wanted: str) -> Objection:
    """Ask the filer once for missing papers, to come within three days (B-60). Raises `Conflict`, `InvalidInput`."""
    objection = await lock_for_panel(work, objection_id)
    fields: dict[str, Message] = {}
    wanted = clean_text(wanted, "wanted", fields, longest=500)
    if fields:
        raise InvalidInput(msg("请写明须补充的材料。"), fields=fields, rule="B-60")
    if objection.state != ObjectionState.FILED or objection.supplement_asked_at is not None:
        raise Conflict(msg("补充材料只能在立案前要求一次。"), rule="B-60")
    objection.supplement_asked_at, objection.supplement_wanted = work.now, wanted
    await stop_clock(work, objection, rules.FILING, "objection.supplement_asked")
    await start_clock(work, objection, rules.SUPPLEMENT, days=rules.SUPPLEMENT_DAYS, owner=Role.CREDITOR)
    await note(work, objection, "supplement_asked", "B-60", wanted=wanted)
    await tell_filer(
        work,
        objection,
        "supplement",
        msg("请补充异议材料"),
        msg("法院要求您三日内一次性补充：{wanted}", wanted=wanted),
    )
    return objection


async def refuse_objection(work: Work, objection_id: UUID, *, finding: str) -> Objection:
    """Rule not to accept it (不予受理); the filer may ask the court above within ten days of service.

    Raises `InvalidInput`, `RuleViolation`, `NotPermitted`.
    """
    objection = await lock_for_panel(work, objection_id)
    fields: dict[str, Message] = {}
    finding = clean_text(finding, "finding", fields, longest=4000)
    if fields:
        raise InvalidInput(msg("请写明不予受理的理由。"), fields=fields, rule="B-60")
    require_state(objection, ObjectionState.FILED)
    move(objection, ObjectionState.RULED)
    objection.outcome, objection.finding, objection.ruled_at = Outcome.NOT_ACCEPTED, finding, work.now
    objection.ruling_document_id = (await issue_ruling_paper(work, objection)).id
    for clock in (rules.FILING, rules.SUPPLEMENT):
        await stop_clock(work, objection, clock, "objection.refused")
    await note(work, objection, "refused", "B-60")
    return objection
