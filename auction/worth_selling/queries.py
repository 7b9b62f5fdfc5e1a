"""Lists of a court: which assets bring no surplus, which cases hold too much, which requests wait; and a party's own."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import any_, literal, text
from sqlmodel import col, select

from auction.worth_selling import rules
from auction.worth_selling.figures import answer_of, case_figures, surplus_figures
from auction.worth_selling.models import SaleWish, SurplusTest, Wish, WishState
from core.database import Work
from core.identity import Permission, require
from core.legal_settings import legal
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import EnforcementCase, Party, PartyRole
from disposal_teams.surveys.rules import SurplusDecision, SurplusOutcome

MOST = 40
"""How many candidates a list looks at closely, the worst first."""

_NO_SURPLUS = text(
    """
    SELECT asset.id
      FROM asset
      JOIN valuation ON valuation.asset_id = asset.id AND valuation.is_current AND valuation.state = 'fixed'
      JOIN enforcement_case AS own ON own.id = asset.case_id
      JOIN seal ON seal.asset_id = asset.id AND seal.case_no <> own.case_no
       AND seal.state IN ('effective', 'waiting', 'treated_as_transferred')
     WHERE asset.court_code = :court AND asset.state IN ('valuation', 'ready_to_list', 'listed', 'suspended')
     GROUP BY asset.id, valuation.price_fen
    HAVING sum(seal.claim_fen) * 2 >= valuation.price_fen
     ORDER BY sum(seal.claim_fen) - valuation.price_fen DESC, asset.id
     LIMIT :most
    """
)

_EXCESS = text(
    """
    SELECT own.id
      FROM enforcement_case AS own
      JOIN asset ON asset.case_id = own.id AND asset.court_code = own.court_code
      JOIN valuation ON valuation.asset_id = asset.id AND valuation.is_current AND valuation.state = 'fixed'
     WHERE own.court_code = :court AND own.state = 'open' AND own.claim_fen > 0
     GROUP BY own.id
    HAVING sum(valuation.price_fen) > own.claim_fen AND (count(*) > 1 OR bool_or(asset.kind = 'shares'))
     ORDER BY sum(valuation.price_fen) - own.claim_fen DESC, own.id
     LIMIT :most
    """
)


@dataclass(frozen=True, slots=True)
class NoSurplus:
    """An asset whose sale would bring its applicant nothing as things stand."""

    asset: Asset
    figures: rules.SurplusFigures
    decision: SurplusDecision
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Excess:
    """A case that holds more than it needs even at the lowest prices."""

    case: EnforcementCase
    figures: rules.CaseFigures
    proposals: list[rules.Proposal]


async def assets_without_surplus(work: Work, court_code: str) -> list[NoSurplus]:
    """The assets of a court that would bring no surplus, the worst first (A-23)."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    found = await work.session.execute(_NO_SURPLUS, {"court": court_code, "most": MOST})
    rows = []
    for asset_id in found.scalars().all():
        asset = await work.session.get_one(Asset, asset_id)
        figures = await surplus_figures(work, asset)
        asked, goes_on = await answer_of(work, asset.id)
        decision = rules.surplus_of(
            figures, goes_on=goes_on, test_first_rank=legal().no_surplus_check_for_first_rank
        )
        if decision is not None and decision.outcome not in (
            SurplusOutcome.CLEAR,
            SurplusOutcome.NOT_APPLICABLE,
        ):
            rows.append(NoSurplus(asset, figures, decision, asked))
    return sorted(rows, key=lambda row: row.decision.surplus_fen)


async def cases_with_excess(work: Work, court_code: str) -> list[Excess]:
    """The cases of a court that hold more than claim and costs, the most first (A-24)."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    found = await work.session.execute(_EXCESS, {"court": court_code, "most": MOST})
    rows = []
    for case_id in found.scalars().all():
        case = await work.session.get_one(EnforcementCase, case_id)
        figures = await case_figures(work, case)
        if figures.excess_fen > 0 and (proposed := rules.proposals(figures)):
            rows.append(Excess(case, figures, proposed))
    return sorted(rows, key=lambda row: -row.figures.excess_fen)


async def waiting_wishes(
    work: Work, court_code: str, *, limit: int = 50
) -> list[tuple[SaleWish, EnforcementCase]]:
    """The requests that wait for an answer of the court, oldest first."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    rows = await work.session.exec(
        select(SaleWish, EnforcementCase)
        .join(EnforcementCase, col(EnforcementCase.id) == col(SaleWish.case_id))
        .where(SaleWish.court_code == court_code, SaleWish.state == str(WishState.FILED))
        .order_by(col(SaleWish.filed_at))
        .limit(limit)
    )
    return list(rows.all())


async def own_wishes(work: Work, *, limit: int = 50) -> list[tuple[SaleWish, EnforcementCase]]:
    """The requests of the acting party, newest first."""
    if work.actor.account_id is None:
        return []
    rows = await work.session.exec(
        select(SaleWish, EnforcementCase)
        .join(EnforcementCase, col(EnforcementCase.id) == col(SaleWish.case_id))
        .join(Party, col(Party.id) == col(SaleWish.party_id))
        .where(Party.account_id == work.actor.account_id)
        .order_by(col(SaleWish.filed_at).desc(), col(SaleWish.id).desc())
        .limit(limit)
    )
    return list(rows.all())


async def own_cases(work: Work, roles: frozenset[PartyRole], *, limit: int = 50) -> list[EnforcementCase]:
    """The cases in which the acting person is one of these, newest first."""
    if work.actor.account_id is None:
        return []
    rows = await work.session.exec(
        select(EnforcementCase)
        .join(Party, col(Party.case_id) == col(EnforcementCase.id))
        .where(Party.account_id == work.actor.account_id, col(Party.role).in_(sorted(map(str, roles))))
        .order_by(col(EnforcementCase.id).desc())
        .limit(limit)
    )
    return list({case.id: case for case in rows}.values())


async def own_tests(work: Work, *, limit: int = 50) -> list[tuple[SurplusTest, Asset]]:
    """The notices about a sale without surplus that the acting applicant was sent, newest first."""
    if work.actor.account_id is None:
        return []
    rows = await work.session.exec(
        select(SurplusTest, Asset)
        .join(Asset, col(Asset.id) == col(SurplusTest.asset_id))
        .join(Party, col(Party.case_id) == col(SurplusTest.case_id))
        .where(
            Party.account_id == work.actor.account_id,
            Party.role == PartyRole.APPLICANT,
            col(SurplusTest.asked_at).is_not(None),
        )
        .order_by(col(SurplusTest.tested_at).desc())
        .limit(limit)
    )
    newest: dict[UUID, tuple[SurplusTest, Asset]] = {}
    for test, asset in rows.all():
        newest.setdefault(asset.id, (test, asset))
    return list(newest.values())


async def accepted_joining(work: Work, asset: Asset) -> SaleWish | None:
    """The request to sell this asset together with others that the court has accepted (A-24), if no later accepted one asks that
    it be sold apart; the caller has checked who reads."""
    rows = await work.session.exec(
        select(SaleWish)
        .where(
            SaleWish.case_id == asset.case_id,
            SaleWish.state == str(WishState.ACCEPTED),
            col(SaleWish.wish).in_([str(Wish.TOGETHER), str(Wish.SEPARATELY)]),
            literal(asset.id) == any_(col(SaleWish.asset_ids)),
        )
        .order_by(col(SaleWish.answered_at).desc(), col(SaleWish.id).desc())
        .limit(1)
    )
    newest = rows.first()
    return newest if newest is not None and newest.wish == Wish.TOGETHER else None
