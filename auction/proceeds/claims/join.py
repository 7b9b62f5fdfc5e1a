"""A creditor asks to take part in the distribution (参与分配), and says where to be paid (D-20, D-21, D-22)."""

from uuid import UUID

from sqlmodel import col, select

from auction.proceeds.accounts import PayeeAccount, seal_account
from auction.proceeds.claims import rules
from auction.proceeds.claims.models import ClaimOrigin, ClaimState, DistributionClaim
from auction.proceeds.claims.queries import claim_for_update, window_of
from auction.proceeds.claims.rules import Figures
from auction.proceeds.models import ProceedsState
from auction.proceeds.rules import account_problem
from core.audit import record
from core.database import Work
from core.deadlines.rules import day_in_court
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from core.i18n import Message, msg
from core.identity import Role
from core.ids import new_id
from core.sealed_files import keep_file
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import asset_by_number
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

PURPOSE = "distribution-claim"
WRONG = msg("申请有误，请按提示修改。")


async def asset_to_join(work: Work, asset_no: str) -> Asset:
    """An asset that has been announced for sale. Raises `NotFound`: what was never public is not told."""
    asset = await asset_by_number(work, asset_no)
    if asset is None or asset.first_listed_at is None:
        raise NotFound(msg("没有找到该标的物，或尚未发布处置公告。"))
    return asset


async def ask_to_join(
    work: Work,
    asset_no: str,
    figures: Figures,
    *,
    creditor: str,
    case_no: str,
    facts: str,
    account: PayeeAccount,
    file: tuple[str, bytes] | None,
) -> DistributionClaim:
    """Ask in writing, with the title and the facts of insufficiency. After the cut-off the request waits for the next
    distribution (D-22).

    Raises `InvalidInput` by field, `RuleViolation` (D-20), `Conflict` when the same person's request is open.
    """
    if work.actor.account_id is None:
        raise NotPermitted(msg("请先登录，再办理此事项。"))
    asset = await asset_to_join(work, asset_no)
    window = await window_of(work, asset)
    parts = [asset.id]
    fields = rules.problems(figures, assets=parts, today=day_in_court(work.now))
    creditor = clean_text(creditor, "creditor", fields, longest=80)
    case_no = clean_text(case_no, "case_no", fields, longest=40, required=False)
    facts = clean_text(facts, "facts", fields, longest=2000)
    if not figures.title_ref:
        fields["title_ref"] = msg("此项必填。")
    if problem := account_problem(
        payee=creditor, holder=account.holder, number=account.number, bank=account.bank
    ):
        fields["number" if problem.msgid.startswith("账号") else "holder"] = problem
    if file is None:
        fields["file"] = msg("请上传执行依据（生效法律文书）。")
    if fields:
        raise InvalidInput(WRONG, fields=fields, rule="D-21")
    parties = await parties_of(work, asset.case_id)
    company = any(each.role == PartyRole.DEBTOR and not each.is_natural_person for each in parties)
    rules.check_may_join(debtor_is_company=company, has_title=figures.has_title, rank=figures.rank)
    await _refuse_second(work, asset, figures.title_ref)
    assert file is not None
    claim = DistributionClaim(
        id=new_id(),
        asset_id=asset.id,
        proceeds_id=window.proceeds.id
        if window.proceeds is not None
        and not window.is_closed
        and window.proceeds.state in (ProceedsState.MONEY_ARRIVED, ProceedsState.COSTED)
        else None,
        origin=ClaimOrigin.APPLIED,
        state=ClaimState.PARKED if window.is_closed else ClaimState.SUBMITTED,
        creditor=creditor,
        account_id=work.actor.account_id,
        case_no=case_no,
        facts=facts,
        rank=figures.rank,
        part_asset_id=figures.part_asset_id,
        since=figures.since,
        is_registered=figures.is_registered,
        principal_fen=figures.principal_fen,
        interest_fen=figures.interest_fen,
        costs_fen=figures.costs_fen,
        doubled_fen=figures.doubled_fen,
        has_title=figures.has_title,
        title_ref=figures.title_ref[:200],
        file_id=await keep_file(work, purpose=PURPOSE, name=file[0], content=file[1]),
        submitted_at=work.now,
    )
    claim.payee_sealed, claim.payee_hint = seal_account(account, claim.id), account.hint
    work.session.add(claim)
    await work.session.flush()
    await record(
        work, "claim.submitted", stream=f"asset:{asset.id}", rule="D-21", asset_id=asset.id, case_id=asset.case_id,
        claim=str(claim.id), state=claim.state,
    )  # fmt: skip
    await tell_court(
        work,
        asset.court_code,
        Role.CASE_OFFICER,
        key=f"claim:{claim.id}",
        title=msg("收到参与分配申请"),
        body=msg("“{title}”收到一份参与分配申请，请审查。", title=asset.title),
        link=f"/team/proceeds/{claim.proceeds_id}" if claim.proceeds_id else "/team/proceeds",
    )
    return claim


async def _refuse_second(work: Work, asset: Asset, title_ref: str) -> None:
    found = await work.session.exec(
        select(DistributionClaim.id).where(
            DistributionClaim.asset_id == asset.id,
            DistributionClaim.account_id == work.actor.account_id,
            DistributionClaim.title_ref == title_ref[:200],
            col(DistributionClaim.state).in_([ClaimState.SUBMITTED, ClaimState.ADMITTED, ClaimState.PARKED]),
        )
    )
    if found.first() is not None:
        raise Conflict(msg("您已就同一执行依据申请参与分配，请等待法院审查。"), rule="D-21")


async def own_claim_for_update(work: Work, claim_id: UUID) -> DistributionClaim:
    """The actor's own claim, locked. Raises `NotFound` for everybody else's."""
    claim = await claim_for_update(work, claim_id)
    if work.actor.account_id is None or claim.account_id != work.actor.account_id:
        raise NotFound(msg("没有找到该项债权。"))
    return claim


async def withdraw_claim(work: Work, claim_id: UUID) -> DistributionClaim:
    """Take back the own request while it waits. Raises `Conflict` once it was decided."""
    claim = await own_claim_for_update(work, claim_id)
    if claim.state not in (ClaimState.SUBMITTED, ClaimState.PARKED) or claim.origin != ClaimOrigin.APPLIED:
        raise Conflict(msg("该申请已经审查，不能撤回。"), rule="D-21")
    claim.state = ClaimState.WITHDRAWN
    await record(
        work, "claim.withdrawn", stream=f"asset:{claim.asset_id}", rule="D-21", asset_id=claim.asset_id,
        claim=str(claim.id),
    )  # fmt: skip
    return claim


async def give_account(work: Work, claim_id: UUID, account: PayeeAccount) -> DistributionClaim:
    """The creditor says where to be paid; only to the own account. Raises `InvalidInput` by field, `NotFound`."""
    claim = await own_claim_for_update(work, claim_id)
    if problem := account_problem(
        payee=claim.creditor, holder=account.holder, number=account.number, bank=account.bank
    ):
        field: dict[str, Message] = {"number" if problem.msgid.startswith("账号") else "holder": problem}
        raise InvalidInput(msg("收款账户有误，请按提示修改。"), fields=field, rule="M-03")
    claim.payee_sealed, claim.payee_hint = seal_account(account, claim.id), account.hint
    await record(
        work, "claim.account_given", stream=f"asset:{claim.asset_id}", rule="M-03", asset_id=claim.asset_id,
        claim=str(claim.id), account=account.hint,
    )  # fmt: skip
    return claim
