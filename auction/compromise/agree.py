"""The parties' agreement is filed; the panel lets the disposal stand still, or does not (A-29, P-05)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from auction.compromise import rules
from auction.compromise.models import Compromise, CompromiseState, Instalment
from auction.compromise.queries import compromise_for_update, instalments_of
from auction.compromise.stand_still import stop_disposal
from auction.compromise.tell import tell_parties
from auction.listing.rules import MAX_MONEY_FEN, check_panel
from core.audit import record
from core.database import Work
from core.deadlines import open_deadline
from core.deadlines.rules import day_in_court, end_of_day
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from disposal_teams.assets.advance import lock_asset
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.assets.note import note_asset
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

S = CompromiseState


async def file_compromise(
    work: Work, asset_id: UUID, *, terms: str, plan: Sequence[rules.PlanLine], asked_ahead: bool
) -> Compromise:
    """Write down what the parties agreed or confirmed. Raises `RuleViolation`, `InvalidInput` by field, `Conflict` while one
    is open, `NotPermitted`."""
    found = await work.session.get(Asset, asset_id)
    if found is None:
        raise NotFound(msg("没有找到该标的物。"), rule="P-03")
    require(work.actor, Permission.DRAFT_LISTING, court_code=found.court_code)
    asset = await lock_asset(work, found)
    rules.check_asset(AssetState(asset.state))
    fields: dict[str, Message] = {}
    terms = clean_text(terms, "terms", fields, longest=2000)
    if problem := rules.plan_problem(plan, today=day_in_court(work.now), most_fen=MAX_MONEY_FEN):
        fields["plan"] = problem
    if fields:
        raise InvalidInput(msg("和解协议有误，请按提示修改。"), fields=fields, rule="A-29")
    made = Compromise(
        id=new_id(),
        asset_id=asset.id,
        case_id=asset.case_id,
        court_code=asset.court_code,
        terms=terms,
        asked_ahead=asked_ahead,
        entered_by=work.actor.account_id,
        entered_by_name=work.actor.name[:80],
        filed_at=work.now,
    )
    try:
        async with work.session.begin_nested():
            work.session.add(made)
    except IntegrityError as error:
        raise Conflict(msg("该标的物已有一份和解正在办理或者履行。"), rule="A-29") from error
    for position, line in enumerate(plan, start=1):
        work.session.add(
            Instalment(
                id=new_id(),
                compromise_id=made.id,
                position=position,
                due_on=line.due_on,
                amount_fen=line.amount_fen,
            )
        )
    await work.session.flush()
    await note_asset(work, asset, "compromise.filed", "A-29", compromise=str(made.id), instalments=len(plan))
    await tell_court(
        work, made.court_code, Role.PANEL_MEMBER, key=f"compromise:{made.id}", title=msg("执行和解待裁定中止"),
        body=msg("“{title}”的当事人达成和解，请裁定是否中止处置。", title=asset.title),
        link=f"/team/assets/{asset.asset_no}/compromise",
    )  # fmt: skip
    return made


async def decide_compromise(
    work: Work, compromise_id: UUID, *, stops: bool, members: Sequence[str], minutes: str, decided_on: date
) -> Compromise:
    """Rule: with `stops` the disposal stands still from now and each instalment gets its clock. Raises `InvalidInput` by field,
    `RuleViolation` (also P-05), `NotPermitted`."""
    made = await compromise_for_update(work, compromise_id)
    require(work.actor, Permission.RECORD_PANEL_DECISION, court_code=made.court_code)
    rules.check_state(made.state, S.FILED)
    rules.check_decider(made.entered_by, work.actor.account_id)
    fields: dict[str, Message] = {}
    names = [clean_text(name, "members", fields, longest=40) for name in members if name.strip()]
    minutes = clean_text(minutes, "minutes", fields, longest=2000)
    if problem := check_panel(names):
        fields["members"] = problem
    if decided_on > day_in_court(work.now):
        fields["decided_on"] = msg("合议日期不能晚于今天。")
    if fields:
        raise InvalidInput(msg("中止的裁定有误，请按提示修改。"), fields=fields, rule="A-29")
    made.members, made.minutes, made.decided_on = names, minutes, decided_on
    made.decided_by, made.decided_at = work.actor.account_id, work.now
    made.state = S.IN_FORCE if stops else S.REFUSED
    if stops:
        asset = await lock_asset(work, await work.session.get_one(Asset, made.asset_id))
        rules.check_asset(AssetState(asset.state))
        await stop_disposal(work, made, asset)
        for each in await instalments_of(work, made.id):
            await open_deadline(
                work, "A-29", subject_kind="instalment", subject_id=each.id,
                due_at=end_of_day(each.due_on), owner_role=Role.DEBTOR, owner_court=made.court_code,
                asset_id=asset.id, case_id=made.case_id, trigger_event="compromise.in_force",
            )  # fmt: skip
    else:
        made.ended_at = work.now
    asked = msg("和解履行期间中止处置") if stops else msg("未因和解中止处置")
    await tell_parties(
        work, made, key="decided", title=asked, body=msg("合议庭已就执行和解作出决定，履行计划和进度可在线查看。")
    )  # fmt: skip
    await record(
        work, "compromise.in_force" if stops else "compromise.refused", stream=f"asset:{made.asset_id}", rule="A-29",
        asset_id=made.asset_id, case_id=made.case_id, compromise=str(made.id), members=names,
    )  # fmt: skip
    return made
