"""委托执行: the entrusted court files its case in seven days; from then on it enforces, and the old case is struck off (§7.5)."""

from datetime import date
from uuid import UUID

from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines.rules import months_later
from core.documents import Document, issue_document
from core.errors import Conflict, RuleViolation
from core.i18n import msg
from core.identity import Permission, Role
from core.notices import notify
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.assets.seal import seal_in_force
from disposal_teams.cases.models import CaseState, EnforcementCase, PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.conclusions.strike_off import conclude_struck_off
from disposal_teams.courts.queries import court_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.instructions.models import Instruction, InstructionKind, InstructionState
from disposal_teams.instructions.progress import locked, note, require_own
from disposal_teams.orders import rules
from disposal_teams.orders.carry_over import carry_over_case
from disposal_teams.orders.queries import assets_left
from disposal_teams.transfers.hand_over import move_disposal

RULE = "§7.5"
FILEABLE = frozenset({InstructionState.SIGNED_IN, InstructionState.ASSIGNED, InstructionState.IN_PROGRESS})


def check_seal_term(expires_on: date, *, today: date) -> None:
    """Raise `RuleViolation` for a seal with less than a month left: the entrusting court renews it first (§7.5). Pure."""
    if expires_on < months_later(today, 1):
        raise RuleViolation(
            RULE,
            msg("查封将于 {day} 到期，不足一个月。", day=expires_on.isoformat()),
            remedy=msg("请委托法院先办理续封，再由受托法院立案。"),
        )


def may_file(work: Work, instruction: Instruction) -> bool:
    """Whether the actor's court can file the case of this instruction now."""
    return (
        InstructionKind(instruction.kind) is InstructionKind.ENTRUST
        and InstructionState(instruction.state) in FILEABLE
        and work.actor.court_code == instruction.to_court
    )


async def file_entrusted_case(work: Work, instruction_id: UUID, *, case_no: str) -> EnforcementCase:
    """The entrusted court files: parties, claims, assets and seals go over, the applicant is told, the old case is struck off.

    The seals count as the entrusted court's and keep their place. Raises `RuleViolation` (another kind, not signed in, a seal
    that ends within a month, an asset in its sale), `Conflict` (filed before), `InvalidInput`, `NotPermitted`.
    """
    instruction = await locked(work, instruction_id)
    require_own(work, Permission.REGISTER_ASSET, instruction.to_court)
    if InstructionKind(instruction.kind) is not InstructionKind.ENTRUST:
        raise RuleViolation(RULE, msg("该指令不是委托执行，无需另行立案。"))
    if InstructionState(instruction.state) not in FILEABLE:
        raise RuleViolation(RULE, msg("请先签收委托执行指令，再办理立案。"))
    old = await case_of(work, instruction.case_id)
    if old.state == CaseState.CLOSED:
        raise Conflict(msg("已经立案，请直接使用新案号。"), rule=RULE)
    assets = await assets_left(work, old)
    today = work.now.astimezone(COURT_ZONE).date()
    for asset in assets:
        rules.check_may_move(
            asset.asset_no, AssetState(asset.state), was_listed=asset.first_listed_at is not None
        )
        seal = await seal_in_force(work, asset.id)
        if seal is not None:
            check_seal_term(seal.expires_on, today=today)
    for asset in assets:
        await move_disposal(
            work, asset, to_court=instruction.to_court, rule=RULE, instruction=str(instruction.id)
        )
    new = await carry_over_case(
        work,
        old,
        case_no=case_no,
        court_code=instruction.to_court,
        assets=[asset.id for asset in assets],
    )
    paper = await _closing_paper(work, instruction, old, new, assets)
    await conclude_struck_off(work, old, new, document_id=paper.id)
    await note(work, instruction, "case_filed", rule=RULE, document_id=paper.id, new_case=new.case_no)
    await record(
        work, "case.struck_off", stream=f"case:{old.id}", rule=RULE, case_id=old.id, document_id=paper.id,
        instruction=str(instruction.id), new_case=new.case_no,
    )  # fmt: skip
    await _tell(work, instruction, old, new)
    return new


async def _closing_paper(
    work: Work, instruction: Instruction, old: EnforcementCase, new: EnforcementCase, assets: list[Asset]
) -> Document:
    giver, taker = (
        await court_of(work, instruction.from_court),
        await court_of(work, instruction.to_court),
    )
    sent = instruction.sent_at or work.now
    return await issue_document(
        work,
        "case_struck_off",
        template="disposal_teams/orders/documents/entrusted.typ",
        data={
            "court": giver.name,
            "phone": giver.supervision_phone,
            "date": work.now.astimezone(COURT_ZONE).date().isoformat(),
            "is_demo": old.is_demo,
            "chosen_court": taker.name,
            "old_case_no": old.case_no,
            "new_case_no": new.case_no,
            "entrusted_on": sent.astimezone(COURT_ZONE).date().isoformat(),
            "assets": [f"{asset.title}（{asset.asset_no}）" for asset in assets],
        },
        court_code=giver.code,
        case_no=old.case_no,
        case_id=old.id,
        subject=f"instruction:{instruction.id}",
    )


async def _tell(work: Work, instruction: Instruction, old: EnforcementCase, new: EnforcementCase) -> None:
    """The applicants learn of it at once, well within their seven days; so does the entrusting court."""
    await tell_court(
        work, instruction.from_court, Role.COMMAND_CENTRE, Role.BUREAU_DIRECTOR,
        key=f"instruction:{instruction.id}:filed", title=msg("案件已销案"),
        body=msg("{old} 已由 {new} 承继。", old=old.case_no, new=new.case_no),
        link=f"/court/instructions/{instruction.id}",
    )  # fmt: skip
    for party in await parties_of(work, new.id):
        if party.account_id is not None and party.role == PartyRole.APPLICANT:
            await notify(
                work, account_id=party.account_id, key=f"instruction:{instruction.id}:filed",
                title=msg("案件已委托执行"),
                body=msg("您的案件 {old} 已委托执行，新案号为 {new}。", old=old.case_no, new=new.case_no),
            )  # fmt: skip
