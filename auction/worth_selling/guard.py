"""What the publish checklist asks of the two tests: surplus (A-23), excess, parts and order (A-24, A-25)."""

from auction.listing.models import Lot
from auction.listing.parts import assets_of
from auction.worth_selling import rules
from auction.worth_selling.figures import (
    accepted,
    accepted_order,
    answer_of,
    case_figures,
    is_left_out,
    open_measure,
    surplus_figures,
    waiting_of,
)
from auction.worth_selling.models import Wish
from core.database import Work
from core.i18n import Message, msg
from core.legal_settings import legal
from disposal_teams.assets.models import Asset
from disposal_teams.cases.queries import case_of


async def surplus_stops(work: Work, lot: Lot, asset: Asset) -> Message | None:
    """Why the run would bring the applicant nothing and may not be published yet (A-23), or None."""
    if len(await assets_of(work, lot)) > 1:
        return None  # sold together: each was tested before the panel joined them
    figures = await surplus_figures(work, asset, lot)
    asked, goes_on = await answer_of(work, asset.id)
    decision = rules.surplus_of(
        figures, goes_on=goes_on, test_first_rank=legal().no_surplus_check_for_first_rank
    )
    return rules.surplus_problem(decision, asked=asked)


async def excess_stops(work: Work, lot: Lot) -> Message | None:
    """Why the case does not need this run, or does not need it yet (A-24), or None."""
    order = await accepted_order(work, lot.case_id)
    waiting = await waiting_of(work, order) if order else []
    sells_all = await accepted(work, lot.case_id, Wish.ALL) is not None
    is_enough = False
    if order and not sells_all:
        case = await case_figures(work, await case_of(work, lot.case_id))
        got = sum(each.net_fen for each in case.assets if not each.is_open)
        is_enough = case.claim_fen > 0 and got >= case.needed_fen
    for asset in await assets_of(work, lot):
        if is_left_out(await open_measure(work, asset.id)) and not sells_all:
            return msg("合议庭已决定暂不处置“{title}”。", title=asset.title)
        if problem := rules.order_problem(asset.id, order, waiting, is_enough=is_enough):
            return problem
    return None


async def agrees_to_all(work: Work, lot: Lot) -> bool:
    """Whether the debtor's request to sell all of the case was accepted (A-24, A-25)."""
    return await accepted(work, lot.case_id, Wish.ALL) is not None
