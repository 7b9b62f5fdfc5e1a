"""Make an order and serve it: the ruling, the change of court and clocks, the news to parties, all in one transaction (T-20)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import also_kept_in, open_deadline
from core.deadlines.rules import period_end
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role
from core.notices import notify
from disposal_teams.assets.models import AssetState
from disposal_teams.cases.models import CaseState, EnforcementCase
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.courts.queries import all_courts
from disposal_teams.courts.tell import tell_court
from disposal_teams.instructions.draft import open_draft
from disposal_teams.instructions.kinds import KINDS
from disposal_teams.instructions.models import Instruction, InstructionKind, InstructionState
from disposal_teams.instructions.progress import move, note, require_own
from disposal_teams.instructions.rules import Step, check_addressee, check_wanted
from disposal_teams.instructions.send import deliver
from disposal_teams.orders import rules
from disposal_teams.orders.models import CourtOrder
from disposal_teams.orders.papers import issue_order_paper
from disposal_teams.orders.queries import assets_left
from disposal_teams.plain_text import clean_text
from disposal_teams.transfers.hand_over import move_disposal

TO_FILE = "T-12"
"""The clock of the chosen court's filing."""

also_kept_in(TO_FILE, table=CourtOrder, end="file_due_at", by="instruction_id")


async def issue_order(
    work: Work,
    *,
    case_id: UUID,
    kind: InstructionKind,
    chosen_court: str,
    reason: str,
    due_on: date,
    panel: Sequence[str] = (),
    inaction_id: UUID | None = None,
    moved_before: Sequence[UUID] = (),
) -> CourtOrder:
    """Order something in a case of a court below. Electronic arrival serves it (C-07), and with service it takes effect.

    `moved_before`: assets of the case whose disposal the decision on a transfer has just given to the chosen court (T-12).
    Raises `InvalidInput`, `RuleViolation` (kind, courts, panel, an asset in its sale), `NotPermitted`.
    """
    kind = InstructionKind(kind)
    superior = work.actor.court_code or ""
    require_own(work, Permission.ORDER_COURTS, superior)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=2000)
    panel = [clean_text(name, "panel", fields, longest=40) for name in panel]
    if fields:
        raise InvalidInput(msg("命令内容有误，请按提示修改。"), fields=fields, rule="T-20")
    case = await case_of(work, case_id)
    if case.state == CaseState.CLOSED:
        raise RuleViolation("T-20", msg("案件 {case_no} 已结案。", case_no=case.case_no))
    superiors = {court.code: court.superior_code for court in await all_courts(work)}
    if kind not in rules.KIND_TITLES:
        raise RuleViolation("T-21", msg("该类事项不是上级法院的命令。"))
    check_addressee(KINDS[kind], superior, case.court_code, superiors)
    if chosen_court not in superiors:
        raise InvalidInput(
            msg("命令内容有误，请按提示修改。"), fields={"chosen_court": msg("请从列出的选项中选择。")}
        )
    check_wanted(KINDS[kind], due_on, work.now.astimezone(COURT_ZONE).date())
    rules.check_courts(kind, superior=superior, old_court=case.court_code, chosen=chosen_court)
    rules.check_panel(kind, panel)
    instruction = await open_draft(
        work, kind=kind, from_court=superior, to_court=case.court_code, case=case,
        subject=f"{KINDS[kind].title}：{case.case_no}", request=reason, wanted_on=due_on,
    )  # fmt: skip
    order = CourtOrder(
        instruction_id=instruction.id,
        kind=kind,
        superior_court=superior,
        old_court=case.court_code,
        chosen_court=chosen_court,
        old_case_id=case.id,
        inaction_id=inaction_id,
        reason=reason,
        panel=list(panel),
        due_on=due_on,
        served_at=work.now,
        is_demo=case.is_demo,
    )
    work.session.add(order)
    await work.session.flush()
    if kind in rules.MOVING:
        await _move_power(work, order, case, moved_before)
    paper = await issue_order_paper(work, order, case)
    order.ruling_document_id = paper.id
    await deliver(work, instruction)
    await note(
        work, instruction, "order_served", rule="T-20", document_id=paper.id, kind=kind.value,
        chosen_court=chosen_court, due_on=due_on.isoformat(), panel=list(panel),
    )  # fmt: skip
    await open_deadline(
        work, "L-42", subject_kind="order", subject_id=instruction.id, days=rules.RECONSIDER_DAYS,
        owner_role=Role.COMMAND_CENTRE, owner_court=case.court_code, case_id=case.id,
    )  # fmt: skip
    await _tell(work, order, case)
    return order


async def _move_power(
    work: Work, order: CourtOrder, case: EnforcementCase, moved_before: Sequence[UUID]
) -> None:
    """From service on the chosen court disposes: assets with their seals and clocks; it files its own case in seven days."""
    assets = await assets_left(work, case)
    for asset in assets:
        rules.check_may_move(
            asset.asset_no, AssetState(asset.state), was_listed=asset.first_listed_at is not None
        )
    for asset in assets:
        await move_disposal(
            work, asset, to_court=order.chosen_court, rule="T-20", order=str(order.instruction_id)
        )
    order.moved_assets = [*moved_before, *(asset.id for asset in assets)]
    await _void_drafts(work, case)
    order.file_due_at = period_end(work.now, days=rules.FILING_DAYS)
    await open_deadline(
        work, TO_FILE, subject_kind="order", subject_id=order.instruction_id, days=rules.FILING_DAYS,
        owner_role=Role.CASE_OFFICER, owner_court=order.chosen_court, case_id=case.id,
    )  # fmt: skip


async def _void_drafts(work: Work, case: EnforcementCase) -> None:
    """What the old court has written in the case and not sent is void (§11.7)."""
    found = await work.session.exec(
        select(Instruction)
        .where(
            Instruction.case_id == case.id,
            Instruction.from_court == case.court_code,
            col(Instruction.state).in_([InstructionState.DRAFT, InstructionState.AWAITING_APPROVAL]),
        )
        .with_for_update()
    )
    for draft in list(found):
        await move(work, draft, Step.WITHDRAW, rule="T-20", reason="执行法院已变更，未发出的文书作废")


async def _tell(work: Work, order: CourtOrder, case: EnforcementCase) -> None:
    """Both courts below and every party of the case learn of it at once (T-20)."""
    title = msg(rules.KIND_TITLES[InstructionKind(order.kind)])
    body = msg("{case_no}：{title}", case_no=case.case_no, title=title)
    for court in sorted({order.old_court, order.chosen_court} - {order.superior_court}):
        await tell_court(
            work, court, Role.COMMAND_CENTRE, Role.BUREAU_DIRECTOR, key=f"order:{order.instruction_id}",
            title=title, body=body, link=f"/court/orders/{order.instruction_id}",
        )  # fmt: skip
    for party in await parties_of(work, case.id):
        if party.account_id is not None:
            await notify(
                work, account_id=party.account_id, key=f"order:{order.instruction_id}", title=title,
                body=msg("您的案件 {case_no} 有上级法院的新裁定或命令。", case_no=case.case_no),
            )  # fmt: skip
