"""Set the price of an asset without a valuation (V-04), or of shares that nobody can appraise (V-03)."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from core.clock import COURT_ZONE
from core.database import Work
from core.errors import InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, require
from core.legal_settings import legal
from disposal_teams.assets.models import Asset, AssetKind
from disposal_teams.cases.queries import parties_of
from disposal_teams.plain_text import clean_text
from valuation import rules as price_rules
from valuation.fix_price import fix_now
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.queries import valuation_for_update
from valuation.stay import withdraw_valuation
from valuation.unusual import looks_wrong
from valuation.unvalued import rules
from valuation.unvalued.models import UnvaluedGround, UnvaluedPrice
from valuation.ways.enter import begin_valuation, end_step
from valuation.ways.models import StepOutcome
from valuation.ways.rules import WayFacts


async def use_market_price(
    work: Work,
    asset_id: UUID,
    *,
    ground: UnvaluedGround,
    price_fen: int,
    source: str,
    opinions: str,
    asked_by: Collection[UUID] = (),
    valid_until: date | None = None,
    is_confirmed: bool = False,
) -> Valuation:
    """Fix the market price without a valuation (V-04), after the parties were heard. `source`: where the price was found.

    `asked_by`: the persons who asked for no valuation. Without a day the price holds a year, the most of V-33.
    `is_confirmed`: an amount that looks like a slip has been looked at again.
    Raises `RuleViolation` (V-03, V-04, A-11), `Conflict` (a search is under way), `InvalidInput` by field.
    """
    asset = await work.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"))
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    fields: dict[str, Message] = {}
    source = clean_text(source, "source", fields, longest=300)
    opinions = clean_text(opinions, "opinions", fields, longest=1000)
    _check_price(price_fen, fields)
    if not is_confirmed and (unusual := looks_wrong(asset, price_fen)) is not None:
        fields.setdefault("price", unusual)
    today = work.now.astimezone(COURT_ZONE).date()
    until = valid_until or price_rules.latest_validity(today)
    if not today < until <= price_rules.latest_validity(today):
        fields["valid_until"] = msg("有效期须晚于今天，且不超过一年（V-33）。")
    if fields:
        raise InvalidInput(msg("价格没有确定，请按提示修改。"), fields=fields, rule="V-04")
    concerned = [each for each in await parties_of(work, asset.case_id) if each.role in rules.MUST_ASK]
    rules.check_market_price(
        AssetKind(asset.kind),
        ground,
        price_fen=price_fen,
        low_value_fen=legal().low_value_fen,
        missing=[each.name for each in concerned if each.id not in asked_by],
    )
    found = UnvaluedPrice(
        valuation_id=asset_id,  # set below
        ground=ground,
        price_fen=price_fen,
        source=source,
        opinions=opinions,
        asked_by=[each.id for each in concerned if each.id in asked_by],
        recorded_by=work.actor.account_id,
        recorded_at=work.now,
    )
    return await _fix(work, asset, ValuationMethod.MARKET_PRICE, found, until)


async def price_above_costs(
    work: Work,
    valuation_id: UUID,
    *,
    costs_fen: int,
    price_fen: int,
    told_on: date,
    firm_ref: str,
    request_ref: str,
    is_worthless: bool = False,
) -> Valuation:
    """End the appraisal of shares that the firm cannot finish even with the existing papers, and fix a price a little above the
    costs of the enforcement, at the applicant's written request (V-03). The deposit is then at the court's discretion.

    `told_on`: when the firm was told to work with what there is and the parties were warned; `firm_ref`, `request_ref`: the
    firm's statement and the applicant's request. The firm is paid its actual expense (V-25).
    Raises `RuleViolation` (V-03), `InvalidInput` by field.
    """
    valuation, asset = await valuation_for_update(work, valuation_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    rules.check_above_costs(
        AssetKind(asset.kind),
        ValuationMethod(valuation.method),
        ValuationState(valuation.state),
        is_worthless=is_worthless,
    )
    fields: dict[str, Message] = {}
    firm_ref = clean_text(firm_ref, "firm_ref", fields, longest=120)
    request_ref = clean_text(request_ref, "request_ref", fields, longest=120)
    _check_price(price_fen, fields)
    problem = rules.above_costs_problem(
        price_fen, costs_fen=costs_fen, most_percent=legal().above_costs_most_percent
    )
    if problem is not None:
        fields["price"] = problem
    today = work.now.astimezone(COURT_ZONE).date()
    if not valuation.started_at.astimezone(COURT_ZONE).date() <= told_on <= today:
        fields["told_on"] = msg("通知日期须在委托评估之后，且不晚于今天。")
    if fields:
        raise InvalidInput(msg("价格没有确定，请按提示修改。"), fields=fields, rule="V-03")
    await withdraw_valuation(work, valuation_id, ground="cannot_appraise", reason=f"无法出具报告：{firm_ref}")
    found = UnvaluedPrice(
        valuation_id=asset.id,  # set below
        ground=UnvaluedGround.CANNOT_APPRAISE,
        price_fen=price_fen,
        source=f"评估机构说明：{firm_ref}",
        opinions=f"申请执行人书面申请：{request_ref}",
        costs_fen=costs_fen,
        told_on=told_on,
        recorded_by=work.actor.account_id,
        recorded_at=work.now,
    )
    until = price_rules.latest_validity(today)
    return await _fix(work, asset, ValuationMethod.ABOVE_COSTS, found, until)


async def _fix(
    work: Work, asset: Asset, method: ValuationMethod, found: UnvaluedPrice, valid_until: date
) -> Valuation:
    valuation = await begin_valuation(work, asset.id, method=method, facts=WayFacts())
    found.valuation_id = valuation.id
    work.session.add(found)
    valuation.price_fen, valuation.valid_until = found.price_fen, valid_until
    await work.session.flush()
    await end_step(
        work,
        valuation,
        asset,
        StepOutcome.PRICED,
        note=str(rules.GROUND_LABELS[UnvaluedGround(found.ground)]),
    )
    await fix_now(work, valuation, asset)
    return valuation


def _check_price(price_fen: int, fields: dict[str, Message]) -> None:
    if not 0 < price_fen <= price_rules.MAX_PRICE_FEN:
        fields["price"] = msg("价格须大于 0，且不超过一万亿元。")
