"""Read compromises and their plans."""

from uuid import UUID

from sqlmodel import col, select

from auction.compromise.models import Compromise, Instalment
from core.database import Work
from core.errors import NotFound
from core.i18n import msg


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
