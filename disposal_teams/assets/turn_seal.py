"""A preservation seal becomes one of enforcement when enforcement starts; its term runs on (A-07)."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.errors import Conflict, NotFound
from core.i18n import msg
from disposal_teams.assets.advance import lock_asset
from disposal_teams.assets.models import Asset, Seal, SealKind, SealState
from disposal_teams.assets.note import note_asset
from disposal_teams.assets.rules import LIVING, check_turn
from disposal_teams.assets.seal import seal_for_change, seals_of
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.cases.rules import ENFORCING_TYPES, parse_case_number


async def turn_into_enforcement(work: Work, seal_id: UUID, case: EnforcementCase) -> Seal:
    """Let the case of enforcement go on with the seal. Raises `RuleViolation`, `Conflict` (it has sealed already), `NotFound`."""
    seal, asset = await seal_for_change(work, seal_id)
    return await _turn(work, seal, asset, case)


async def turn_preserved(work: Work, case: EnforcementCase, preserved_in: Sequence[str]) -> int:
    """The case has started as the enforcement of what was preserved in these cases: their living seals turn by themselves.
    Returns how many. The caller has checked that the actor may register the case."""
    if parse_case_number(case.case_no).type not in ENFORCING_TYPES or not preserved_in:
        return 0
    rows = await work.session.exec(
        select(Seal).where(
            col(Seal.case_no).in_(list(preserved_in)),
            Seal.court_code == case.court_code,
            Seal.kind == SealKind.PRESERVATION,
            col(Seal.state).in_([str(state) for state in LIVING]),
        )
    )
    turned = 0
    for seal in list(rows):
        asset = await work.session.get(Asset, seal.asset_id)
        if asset is not None:
            await _turn(work, seal, await lock_asset(work, asset), case)
            turned += 1
    return turned


async def _turn(work: Work, seal: Seal, asset: Asset, case: EnforcementCase) -> Seal:
    number = parse_case_number(case.case_no)
    check_turn(
        is_preservation=SealKind(seal.kind) is SealKind.PRESERVATION,
        state=SealState(seal.state),
        same_court=case.court_code == seal.court_code,
        enforces=number.type in ENFORCING_TYPES,
    )
    living = {str(state) for state in LIVING}
    if any(
        each.case_no == case.case_no and each.state in living and each.id != seal.id
        for each in await seals_of(work, asset.id)
    ):
        raise Conflict(msg("案件 {case_no} 对该标的物的查封已经登记。", case_no=case.case_no), rule="A-04")
    before, seal.case_no, seal.kind = seal.case_no, case.case_no, SealKind.ENFORCEMENT
    preserving = await work.session.get(EnforcementCase, asset.case_id)
    if preserving is None:
        raise NotFound(msg("没有找到该案件。"))
    if preserving.case_no == before:
        asset.case_id = case.id
    await note_asset(
        work, asset, "seal.turned", "A-07", seal=str(seal.id), before=before, after=case.case_no,
        expires_on=seal.expires_on.isoformat(),
    )  # fmt: skip
    return seal
