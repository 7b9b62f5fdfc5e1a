"""The panel holds back, releases or sells only a part of what a case does not need (A-24, A-25, A-06)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from auction.listing.rules import check_panel
from auction.worth_selling.figures import accepted, case_figures, open_measure
from auction.worth_selling.models import ExcessMeasure, Way, Wish
from auction.worth_selling.rules import part_needed
from core.database import Work
from core.deadlines.rules import day_in_court
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from core.money import yuan
from disposal_teams.assets.advance import lock_asset
from disposal_teams.assets.letter import issue_letter
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.assets.note import note_asset
from disposal_teams.assets.rules import PREPARATION_STATES
from disposal_teams.assets.seal import lift_seals
from disposal_teams.cases.queries import case_of
from disposal_teams.plain_text import clean_text


async def decide_measure(
    work: Work,
    asset_id: UUID,
    *,
    way: Way,
    units: int | None,
    reason: str,
    members: Sequence[str],
    decided_on: date,
) -> ExcessMeasure:
    """Record the panel's decision and carry it out: a release lifts the own seals at once, with ruling and notice.

    Raises `RuleViolation` when the case needs the whole asset, or the asset is on sale; `InvalidInput` by field; `Conflict`
    while one stands; `NotPermitted`.
    """
    found = await work.session.get(Asset, asset_id)
    if found is None:
        raise NotFound(msg("没有找到该标的物。"), rule="P-03")
    require(work.actor, Permission.RECORD_PANEL_DECISION, court_code=found.court_code)
    asset = await lock_asset(work, found)
    case = await case_figures(work, await case_of(work, asset.case_id))
    held = next((each for each in case.assets if each.asset_id == asset.id and each.is_open), None)
    if held is None:
        raise RuleViolation("A-24", msg("标的物已成交、正在拍卖或者参考价未定，不能决定暂不处置。"))
    if await accepted(work, asset.case_id, Wish.ALL) is not None:
        raise RuleViolation("A-24", msg("被执行人已同意全部处置。"))
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=1000)
    names = [clean_text(name, "members", fields, longest=40) for name in members if name.strip()]
    if problem := check_panel(names):
        fields["members"] = problem
    if decided_on > day_in_court(work.now):
        fields["decided_on"] = msg("合议日期不能晚于今天。")
    rest_fen = case.held_fen - (0 if held.held_back else held.net_fen)
    if way is Way.PART:
        if held.units is None or units is None or not 0 < units < held.units:
            fields["units"] = msg("请填写小于总数的股份数。")
        elif units < part_needed(
            max(0, case.needed_fen - rest_fen) + held.prior_fen, max(held.value_fen, 1), held.units
        ):
            fields["units"] = msg("该部分不足以清偿债权和费用。")
    elif rest_fen < case.needed_fen:
        fields["way"] = msg("其余财产只有 {yuan} 元，不足以清偿债权和费用。", yuan=yuan(rest_fen))
    if way is Way.RELEASE and AssetState(asset.state) not in PREPARATION_STATES:
        fields["way"] = msg("标的物已公告或者处于其他程序，请先撤回拍卖再解除查封。")
    if fields:
        raise InvalidInput(msg("决定有误，请按提示修改。"), fields=fields, rule="A-24")
    measure = ExcessMeasure(
        id=new_id(),
        asset_id=asset.id,
        case_id=asset.case_id,
        court_code=asset.court_code,
        way=way,
        needed_fen=case.needed_fen,
        held_fen=case.held_fen,
        units=units if way is Way.PART else None,
        whole_units=held.units if way is Way.PART else None,
        reason=reason,
        members=names,
        decided_on=decided_on,
        decided_by=work.actor.account_id,
        decided_at=work.now,
    )
    try:
        async with work.session.begin_nested():
            work.session.add(measure)
    except IntegrityError as error:
        raise Conflict(msg("对该标的物已有一项决定。"), rule="A-24") from error
    await note_asset(
        work, asset, "excess.decided", "A-24", way=str(way), needed_fen=case.needed_fen, held_fen=case.held_fen,
        members=names,
    )  # fmt: skip
    if way is Way.RELEASE:
        await _release(work, asset, measure)
    return measure


async def _release(work: Work, asset: Asset, measure: ExcessMeasure) -> None:
    case = await case_of(work, asset.case_id)
    facts = [
        ["债权和费用", f"{yuan(measure.needed_fen)} 元"],
        ["已控制财产可得", f"{yuan(measure.held_fen)} 元"],
    ]
    for kind, addressee, paragraphs in (
        (
            "release_ruling",
            "各方当事人",
            [
                f"本院在执行{case.case_no}一案中查封了“{asset.title}”。经测算，其余财产已足以清偿债权和执行费用。",
                f"合议庭认为：{measure.reason}",
                "裁定如下：解除本院对上述标的物的查封。",
            ],
        ),
        (
            "release_notice",
            "有关登记机构",
            [
                (
                    f"请协助解除本院在{case.case_no}一案中对“{asset.title}”"
                    f"（{asset.registry_no or asset.asset_no}）的查封。"
                ),
                "轮候查封自本院查封解除时起依登记顺序自动生效。",
            ],
        ),
    ):
        await issue_letter(
            work, asset, kind, addressee=addressee, paragraphs=paragraphs, facts=facts,
            subject=f"excess_measure:{measure.id}",
        )  # fmt: skip
    await lift_seals(work, asset, reason="其余财产足以清偿，解除查封", rule="A-24")


async def end_measure(work: Work, asset_id: UUID, *, note: str) -> ExcessMeasure:
    """The others did not suffice, or the whole holding is sold after all: the asset may be sold again (A-24).

    What was released stays released. Raises `RuleViolation`, `InvalidInput`, `NotPermitted`.
    """
    asset = await work.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"), rule="P-03")
    require(work.actor, Permission.RECORD_PANEL_DECISION, court_code=asset.court_code)
    measure = await open_measure(work, asset_id)
    if measure is None or measure.way == Way.RELEASE:
        raise RuleViolation("A-24", msg("没有可以结束的暂不处置决定。"))
    fields: dict[str, Message] = {}
    note = clean_text(note, "note", fields, longest=500)
    if fields:
        raise InvalidInput(msg("请写明恢复处置的理由。"), fields=fields, rule="A-24")
    measure.ended_at, measure.end_note = work.now, note
    await note_asset(work, asset, "excess.ended", "A-24", way=measure.way)
    return measure
