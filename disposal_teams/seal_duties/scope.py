"""Hold the sealed assets of a case against what it needs, so that no more stays sealed than that (A-06)."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from core.audit import record
from core.database import Work
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from core.money import LARGEST_FEN
from disposal_teams.assets.models import Asset, Seal
from disposal_teams.assets.rules import IN_FORCE
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.plain_text import clean_text
from disposal_teams.seal_duties.models import ExcessCheck
from disposal_teams.seal_duties.rules import Needed, SealedValue, judge_seals

NEEDED_LABELS: dict[Needed, str] = {
    Needed.NEEDED: "需要",
    Needed.WHOLE_NEEDED: "不可分，整体查封",
    Needed.EXCESS: "超标的",
}


@dataclass(frozen=True, slots=True)
class Worth:
    """What an asset is worth, in fen, after what ranks before the applicant; whether it can be divided."""

    value_fen: int
    is_indivisible: bool = False


async def sealed_assets(work: Work, case: EnforcementCase) -> list[tuple[Asset, Seal]]:
    """The assets that this case has sealed in force, in the order of sealing."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=case.court_code)
    rows = await work.session.exec(
        select(Asset, Seal)
        .join(Seal, col(Seal.asset_id) == Asset.id)
        .where(Seal.case_no == case.case_no, col(Seal.state).in_([str(state) for state in IN_FORCE]))
        .order_by(col(Seal.registered_on), col(Seal.id))
        .limit(500)
    )
    return [(asset, seal) for asset, seal in rows]


async def check_excess(
    work: Work, case: EnforcementCase, worth: Mapping[str, Worth], *, costs_fen: int, reason: str = ""
) -> ExcessCheck:
    """Judge every seal of the case by what its asset (by number) is worth, and keep the judgement.

    Where seals go beyond claim and costs, `reason` says why they stay for now (other debts, a dispute about the value) or
    that they are being lifted. Raises `RuleViolation` without it, `InvalidInput` for a missing value.
    """
    require(work.actor, Permission.RECORD_SEAL, court_code=case.court_code)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=500, required=False)
    assets = await sealed_assets(work, case)
    for asset, _ in assets:
        given = worth.get(asset.asset_no)
        if given is None or not 0 <= given.value_fen <= LARGEST_FEN:
            fields[f"value-{asset.asset_no}"] = msg("请填写估计价值。")
    if not 0 <= costs_fen <= LARGEST_FEN:
        fields["costs"] = msg("金额须为 0 至 10 万亿元。")
    if not assets:
        raise RuleViolation("A-06", msg("本案没有生效的查封，无须核对。"))
    if fields:
        raise InvalidInput(msg("核对内容有误，请按提示修改。"), fields=fields, rule="A-06")
    values = [
        SealedValue(asset.asset_no, worth[asset.asset_no].value_fen, worth[asset.asset_no].is_indivisible)
        for asset, _ in assets
    ]
    verdicts = judge_seals(values, claim_fen=case.claim_fen, costs_fen=costs_fen)
    excess = sum(verdict is Needed.EXCESS for verdict in verdicts.values())
    if excess and not reason:
        raise RuleViolation(
            "A-06",
            msg("{count} 项查封超出债权和费用，不得超标的查封。", count=excess),
            remedy=msg("请解除超出部分的查封；暂不解除的，写明理由后重新提交。"),
        )
    check = ExcessCheck(
        id=new_id(),
        case_id=case.id,
        claim_fen=case.claim_fen,
        costs_fen=costs_fen,
        lines=[
            {
                "asset_no": each.key,
                "value_fen": each.value_fen,
                "indivisible": each.is_indivisible,
                "verdict": str(verdicts[each.key]),
            }
            for each in values
        ],
        excess_count=excess,
        reason=reason,
        checked_by=work.actor.account_id,
        checked_by_name=work.actor.name,
        checked_at=work.now,
    )
    work.session.add(check)
    await record(
        work, "case.excess_checked", stream=f"case:{case.id}", rule="A-06", case_id=case.id, check=str(check.id),
        seals=len(values), excess=excess,
    )  # fmt: skip
    return check


async def checks_of(work: Work, case: EnforcementCase, *, limit: int = 10) -> list[ExcessCheck]:
    """The newest judgements of a case."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=case.court_code)
    rows = await work.session.exec(
        select(ExcessCheck)
        .where(ExcessCheck.case_id == case.id)
        .order_by(col(ExcessCheck.id).desc())
        .limit(limit)
    )
    return list(rows)
