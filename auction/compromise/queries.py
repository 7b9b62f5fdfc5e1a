"""Read compromises and their plans."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from auction.compromise.models import Compromise, CompromiseReport, Instalment
from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import CREDITORS, EnforcementCase, Party, PartyRole


async def compromise_for_update(work: Work, compromise_id: UUID) -> Compromise:
    """A compromise, fresh and locked; for use cases that check permission themselves. Raises `NotFound`."""
    found = (
        await work.session.exec(
            select(Compromise)
            .where(Compromise.id == compromise_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).first()
    if found is None:
        raise NotFound(msg("没有找到该和解。"))
    return found


async def instalments_of(work: Work, compromise_id: UUID) -> list[Instalment]:
    """The plan, earliest first."""
    rows = await work.session.exec(
        select(Instalment).where(Instalment.compromise_id == compromise_id).order_by(col(Instalment.position))
    )
    return list(rows)


async def compromises_of_asset(work: Work, asset_id: UUID) -> list[tuple[Compromise, list[Instalment]]]:
    """Every compromise about an asset with its plan, newest first."""
    rows = await work.session.exec(
        select(Compromise).where(Compromise.asset_id == asset_id).order_by(col(Compromise.filed_at).desc())
    )
    return [(made, await instalments_of(work, made.id)) for made in list(rows)]


async def open_reports(work: Work, compromise_id: UUID) -> list[CompromiseReport]:
    """What the parties told and the court has not answered."""
    rows = await work.session.exec(
        select(CompromiseReport).where(
            CompromiseReport.compromise_id == compromise_id, col(CompromiseReport.answered_at).is_(None)
        )
    )
    return list(rows)


async def reports_of(work: Work, compromise_id: UUID) -> list[CompromiseReport]:
    """Everything that the parties told, newest first."""
    rows = await work.session.exec(
        select(CompromiseReport)
        .where(CompromiseReport.compromise_id == compromise_id)
        .order_by(col(CompromiseReport.reported_at).desc())
    )
    return list(rows)


@dataclass(frozen=True, slots=True)
class OwnCompromise:
    """A compromise as a person of its case sees it, and as whom."""

    made: Compromise
    asset: Asset
    case_no: str
    role: PartyRole
    plan: list[Instalment]

    @property
    def paid_fen(self) -> int:
        """What has been paid, in fen."""
        return sum(line.amount_fen for line in self.plan if line.paid_on is not None)

    @property
    def total_fen(self) -> int:
        """The whole plan, in fen."""
        return sum(line.amount_fen for line in self.plan)

    @property
    def next_line(self) -> Instalment | None:
        """The earliest instalment that is not paid."""
        return next((line for line in self.plan if line.paid_on is None), None)


async def own_compromises(work: Work, *, limit: int = 50) -> list[OwnCompromise]:
    """The compromises in whose case the acting person is the debtor or a creditor, newest first."""
    if work.actor.account_id is None:
        return []
    rows = await work.session.exec(
        select(Compromise, Asset, EnforcementCase.case_no, Party.role)
        .join(Asset, col(Asset.id) == col(Compromise.asset_id))
        .join(EnforcementCase, col(EnforcementCase.id) == col(Compromise.case_id))
        .join(Party, col(Party.case_id) == col(Compromise.case_id))
        .where(
            Party.account_id == work.actor.account_id,
            col(Party.role).in_([str(PartyRole.DEBTOR), *map(str, CREDITORS)]),
        )
        .order_by(col(Compromise.filed_at).desc(), col(Party.role))
        .limit(limit)
    )
    found: dict[UUID, OwnCompromise] = {}
    for made, asset, case_no, role in rows.all():
        if made.id not in found:
            plan = await instalments_of(work, made.id)
            found[made.id] = OwnCompromise(made, asset, case_no, PartyRole(role), plan)
    return list(found.values())


async def own_compromise(work: Work, compromise_id: UUID) -> OwnCompromise:
    """One of them. Anybody else's is as unknown as a missing one (P-03). Raises `NotFound`."""
    for own in await own_compromises(work):
        if own.made.id == compromise_id:
            return own
    raise NotFound(msg("没有找到该和解。"), rule="P-03")
