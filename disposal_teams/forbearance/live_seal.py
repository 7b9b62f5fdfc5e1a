"""A debtor asks to go on using a sealed asset, or the court lets it be used; conditions, reports, and the end."""

from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from core.database import Work
from core.deadlines import meet_deadline, open_deadline, waive_deadline
from core.deadlines.rules import day_in_court, end_of_day
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from core.notices import notify
from disposal_teams.assets.advance import lock_asset
from disposal_teams.assets.letter import issue_letter
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.assets.note import note_asset
from disposal_teams.assets.rules import SOLD_STATES
from disposal_teams.assets.seal import seal_in_force
from disposal_teams.cases.models import Party, PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.forbearance import rules
from disposal_teams.forbearance.models import LiveSeal, LiveSealReport, LiveSealState
from disposal_teams.plain_text import clean_text

S = LiveSealState
CLOCK = "live_seal_report"
LONG_OVER = SOLD_STATES | {AssetState.CLOSED, AssetState.UNSOLD_RELEASED}


async def ask_live_seal(
    work: Work, asset_id: UUID, *, use: str, reason: str, party_id: UUID | None = None
) -> LiveSeal:
    """A debtor asks on line, or somebody of the court writes the debtor's paper down (`party_id`).

    Raises `RuleViolation` for an asset that is not sealed or is sold, `InvalidInput` by field, `Conflict` while one is open,
    `NotFound` to anybody but a debtor of the case (P-03).
    """
    asset, debtor = await _debtor(work, asset_id, party_id)
    return await _file(work, asset, debtor, use=use, reason=reason)


async def decide_live_seal(
    work: Work,
    live_id: UUID,
    *,
    allows: bool,
    decision: str,
    every_days: int = 30,
    must_insure: bool = False,
    insured_until: date | None = None,
    conditions: str = "",
) -> LiveSeal:
    """Allow the use under conditions, from when reports are due, or refuse it with reasons. Raises `RuleViolation` (also P-05),
    `InvalidInput` by field, `NotPermitted`."""
    live = await live_for_update(work, live_id)
    require(work.actor, Permission.ISSUE_RULING, court_code=live.court_code)
    rules.check_state(live.state, S.FILED)
    rules.check_decider(live.entered_by, work.actor.account_id)
    asset = await work.session.get_one(Asset, live.asset_id)
    fields: dict[str, Message] = {}
    decision = clean_text(decision, "decision", fields, longest=1000)
    conditions = clean_text(conditions, "conditions", fields, longest=1000, required=False)
    if allows:
        await _check(work, asset)
        problem = rules.terms_problem(
            every_days=every_days,
            must_insure=must_insure,
            insured_until=insured_until,
            today=day_in_court(work.now),
        )
        if problem is not None:
            fields[problem[0]] = problem[1]
    if fields:
        raise InvalidInput(msg("活封的决定有误，请按提示修改。"), fields=fields, rule=rules.LIVE)
    live.decision, live.decided_by, live.decided_at = decision, work.actor.account_id, work.now
    live.decided_by_name = work.actor.name[:80]
    if not allows:
        live.state = S.REFUSED
        await note_asset(work, asset, "live_seal.refused", rules.LIVE, live_seal=str(live.id))
        await _tell_debtors(
            work,
            live,
            key="refused",
            title=msg("未准许继续使用查封财产"),
            body=msg("法院答复：{answer}", answer=decision[:300]),
        )
        return live
    live.state, live.report_every_days, live.conditions = S.IN_FORCE, every_days, conditions
    live.must_insure, live.insured_until = must_insure, insured_until if must_insure else None
    await note_asset(
        work, asset, "live_seal.in_force", rules.LIVE, live_seal=str(live.id), every_days=every_days
    )
    due_on = await _await_report(work, live, after=day_in_court(work.now))
    await _issue(work, live, asset, due_on)
    await _tell_debtors(
        work,
        live,
        key="allowed",
        title=msg("准许继续使用查封财产"),
        body=msg(
            "“{title}”可以继续使用。请遵守条件，并在 {day} 前报告使用情况。",
            title=asset.title,
            day=due_on.isoformat(),
        ),
    )
    return live


async def grant_live_seal(
    work: Work,
    asset_id: UUID,
    *,
    use: str,
    decision: str,
    every_days: int,
    must_insure: bool,
    insured_until: date | None,
    conditions: str = "",
) -> LiveSeal:
    """The court decides by itself that the asset stays in use. Raises as `decide_live_seal`."""
    asset = await work.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"), rule="P-03")
    require(work.actor, Permission.ISSUE_RULING, court_code=asset.court_code)
    live = await _file(work, asset, None, use=use, reason=decision)
    return await decide_live_seal(
        work, live.id, allows=True, decision=decision, every_days=every_days, must_insure=must_insure,
        insured_until=insured_until, conditions=conditions,
    )  # fmt: skip


async def report_use(work: Work, live_id: UUID, *, report: str, insured_until: date | None) -> LiveSeal:
    """The debtor (or the court for one who came in person) reports; the next report is due from today on.

    Raises `RuleViolation` when it is not in force, `InvalidInput` (also an insurance that ends before the next report),
    `NotFound` to anybody else.
    """
    live = await live_for_update(work, live_id)
    await _check_reporter(work, live)
    rules.check_state(live.state, S.IN_FORCE)
    assert live.report_every_days is not None
    fields: dict[str, Message] = {}
    report = clean_text(report, "report", fields, longest=1000)
    today = day_in_court(work.now)
    following = rules.next_report(after=today, every_days=live.report_every_days)
    until = insured_until or live.insured_until
    if problem := rules.insurance_problem(
        must_insure=live.must_insure, insured_until=until, due_on=following
    ):
        fields["insured_until"] = problem
    if fields:
        raise InvalidInput(msg("使用情况报告有误，请按提示修改。"), fields=fields, rule=rules.LIVE)
    awaited = await open_report(work, live.id)
    assert awaited is not None
    awaited.report, awaited.reported_at, awaited.reported_by_name = report, work.now, work.actor.name[:80]
    if live.must_insure:
        live.insured_until = until
    await meet_deadline(
        work, rules.LIVE, subject_kind=CLOCK, subject_id=awaited.id, done_event="live_seal.reported"
    )
    asset = await work.session.get_one(Asset, live.asset_id)
    await note_asset(work, asset, "live_seal.reported", rules.LIVE, live_seal=str(live.id))
    if following != awaited.due_on:
        await _await_report(work, live, after=today)
    else:  # reported so early that the next one falls on the same day: one interval later
        await _await_report(work, live, after=following)
    return live


async def end_live_seal(work: Work, live_id: UUID, *, note: str, is_breach: bool) -> LiveSeal:
    """The court ends it: a condition was not kept, or it is no longer needed. Raises `RuleViolation`, `InvalidInput`,
    `NotPermitted`."""
    live = await live_for_update(work, live_id)
    require(work.actor, Permission.ISSUE_RULING, court_code=live.court_code)
    rules.check_state(live.state, S.IN_FORCE)
    fields: dict[str, Message] = {}
    note = clean_text(note, "note", fields, longest=500)
    if fields:
        raise InvalidInput(msg("请写明活封结束的理由。"), fields=fields, rule=rules.LIVE)
    await _end(work, live, note=note, is_breach=is_breach)
    return live


async def withdraw_live_seal(work: Work, live_id: UUID) -> LiveSeal:
    """The debtor takes the request back before it is decided."""
    live = await live_for_update(work, live_id)
    await _check_reporter(work, live)
    rules.check_state(live.state, S.FILED)
    live.state = S.WITHDRAWN
    asset = await work.session.get_one(Asset, live.asset_id)
    await note_asset(work, asset, "live_seal.withdrawn", rules.LIVE, live_seal=str(live.id))
    return live


async def report_missing(work: Work, report_id: UUID) -> None:
    """The day has passed without a report: the use ends, unless the asset is sold anyway. Repeating changes nothing."""
    report = await work.session.get(LiveSealReport, report_id)
    if report is None or report.reported_at is not None:
        return
    live = await live_for_update(work, report.live_seal_id)
    if live.state != S.IN_FORCE:
        return
    asset = await work.session.get_one(Asset, live.asset_id)
    if AssetState(asset.state) in LONG_OVER:
        await _end(work, live, note="财产已处置完毕", is_breach=False)
    else:
        await _end(work, live, note="未按期报告使用情况", is_breach=True)


async def _end(work: Work, live: LiveSeal, *, note: str, is_breach: bool) -> None:
    live.state, live.ended_at, live.end_note, live.is_breach = S.ENDED, work.now, note, is_breach
    awaited = await open_report(work, live.id)
    if awaited is not None:
        await waive_deadline(
            work, rules.LIVE, subject_kind=CLOCK, subject_id=awaited.id, reason="live_seal.ended"
        )
    asset = await work.session.get_one(Asset, live.asset_id)
    await note_asset(work, asset, "live_seal.ended", rules.LIVE, live_seal=str(live.id), is_breach=is_breach)
    await issue_letter(
        work, asset, "live_seal_end", addressee=await _debtors(work, live),
        paragraphs=[
            f"本院曾准许你方继续使用查封的“{asset.title}”。现因{note}，自本通知之日起不得继续使用。",
            "请妥善保管该财产，等待本院处置；擅自处分、毁损查封财产的，依法追究责任。",
        ],
        facts=[["原准许的用途", live.use]],
        subject=f"live_seal:{live.id}",
    )  # fmt: skip
    title = msg("违反条件，不得继续使用查封财产") if is_breach else msg("继续使用查封财产的准许已结束")
    body = msg("“{title}”：{note}", title=asset.title, note=note)
    await _tell_debtors(work, live, key="ended", title=title, body=body)
    await tell_court(
        work, live.court_code, Role.CASE_OFFICER, Role.DISPOSAL_TEAM, key=f"live-seal:{live.id}:ended", title=title,
        body=body, link=f"/team/assets/{asset.asset_no}/live-seal",
    )  # fmt: skip


async def live_for_update(work: Work, live_id: UUID) -> LiveSeal:
    """A live seal, fresh and locked; for use cases that check permission themselves. Raises `NotFound`."""
    live = await work.session.get(LiveSeal, live_id, with_for_update=True, populate_existing=True)
    if live is None:
        raise NotFound(msg("没有找到该活封。"))
    return live


async def open_report(work: Work, live_id: UUID) -> LiveSealReport | None:
    """The report that is due."""
    rows = await work.session.exec(
        select(LiveSealReport).where(LiveSealReport.live_seal_id == live_id, LiveSealReport.report == "")
    )
    return rows.first()


async def _file(work: Work, asset: Asset, debtor: Party | None, *, use: str, reason: str) -> LiveSeal:
    asset = await lock_asset(work, asset)
    await _check(work, asset)
    fields: dict[str, Message] = {}
    use = clean_text(use, "use", fields, longest=500)
    reason = clean_text(reason, "reason" if debtor else "decision", fields, longest=1000)
    if fields:
        raise InvalidInput(msg("活封的申请有误，请按提示修改。"), fields=fields, rule=rules.LIVE)
    live = LiveSeal(
        id=new_id(),
        asset_id=asset.id,
        case_id=asset.case_id,
        court_code=asset.court_code,
        asked_by=debtor.id if debtor else None,
        entered_by=work.actor.account_id if debtor and work.actor.is_staff else None,
        use=use,
        reason=reason,
        filed_at=work.now,
    )
    try:
        async with work.session.begin_nested():
            work.session.add(live)
    except IntegrityError as error:
        raise Conflict(msg("该标的物已有一项活封正在办理或者执行。"), rule=rules.LIVE) from error
    await note_asset(work, asset, "live_seal.filed", rules.LIVE, live_seal=str(live.id))
    if debtor is not None:
        await tell_court(
            work, live.court_code, Role.CASE_OFFICER, key=f"live-seal:{live.id}", title=msg("被执行人申请继续使用查封财产"),
            body=msg("“{title}”的活封申请待决定。", title=asset.title), link=f"/team/assets/{asset.asset_no}/live-seal",
        )  # fmt: skip
    return live


async def _check(work: Work, asset: Asset) -> None:
    is_sealed = await seal_in_force(work, asset.id) is not None
    rules.check_asset(AssetState(asset.state), is_sealed=is_sealed)


async def _await_report(work: Work, live: LiveSeal, *, after: date) -> date:
    assert live.report_every_days is not None
    due_on = rules.next_report(after=after, every_days=live.report_every_days)
    report = LiveSealReport(id=new_id(), live_seal_id=live.id, due_on=due_on)
    work.session.add(report)
    await work.session.flush()
    await open_deadline(
        work, rules.LIVE, subject_kind=CLOCK, subject_id=report.id, due_at=end_of_day(due_on), owner_role=Role.DEBTOR,
        owner_court=live.court_code, asset_id=live.asset_id, case_id=live.case_id, trigger_event="live_seal.in_force",
    )  # fmt: skip
    return due_on


async def _issue(work: Work, live: LiveSeal, asset: Asset, due_on: date) -> None:
    demands = [str(each) for each in rules.CONDITIONS]
    if live.must_insure:
        demands.append(str(rules.INSURANCE))
    if live.conditions:
        demands.append(_sentence(live.conditions))
    insured = [["保险到期日", f"{live.insured_until:%Y年%m月%d日}"]] if live.insured_until else []
    await issue_letter(
        work, asset, "live_seal_decision", addressee=await _debtors(work, live),
        paragraphs=[
            f"本院查封了你方的“{asset.title}”。为减少对生产、生活的影响，本院准许你方在查封期间继续使用。",
            f"理由：{_sentence(live.decision)}",
            "使用期间应当遵守下列条件：",
            *[f"{number}、{demand}" for number, demand in zip("一二三四五六", demands, strict=False)],
            "违反上述条件之一的，本院立即终止准许；查封的效力不受影响。",
        ],
        facts=[
            ["准许的用途", live.use], ["报告间隔", f"每 {live.report_every_days} 日"],
            ["首次报告截止", f"{due_on:%Y年%m月%d日}"], *insured,
        ],
        subject=f"live_seal:{live.id}",
    )  # fmt: skip


def _sentence(text: str) -> str:
    """What was written, closed as a sentence is."""
    return text if text.endswith(("。", "；", "！", "？")) else f"{text}。"


async def _debtors(work: Work, live: LiveSeal) -> str:
    """The debtors of the case by name, to whom a paper goes."""
    parties = await parties_of(work, live.case_id)
    return "、".join(party.name for party in parties if party.role == PartyRole.DEBTOR) or "被执行人"


async def _tell_debtors(work: Work, live: LiveSeal, *, key: str, title: Message, body: Message) -> None:
    for party in await parties_of(work, live.case_id):
        if party.account_id is not None and party.role == PartyRole.DEBTOR:
            await notify(
                work, account_id=party.account_id, key=f"live-seal:{live.id}:{key}", title=title, body=body,
                link="/my/forbearance",
            )  # fmt: skip


async def _debtor(work: Work, asset_id: UUID, party_id: UUID | None) -> tuple[Asset, Party]:
    asset = await work.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"), rule="P-03")
    return asset, await debtor_of(work, asset.case_id, asset.court_code, party_id)


async def debtor_of(work: Work, case_id: UUID, court_code: str, party_id: UUID | None) -> Party:
    """The debtor for whom is acted: the acting person, or (staff of the court) the one named. Raises `NotFound` (P-03)."""
    if work.actor.is_staff:
        require(work.actor, Permission.REGISTER_ASSET, court_code=court_code)
    for party in await parties_of(work, case_id):
        own = party.account_id is not None and party.account_id == work.actor.account_id
        if party.role == PartyRole.DEBTOR and (party.id == party_id if work.actor.is_staff else own):
            return party
    raise NotFound(msg("没有找到该案件的被执行人。"), rule="P-03")


async def _check_reporter(work: Work, live: LiveSeal) -> None:
    if work.actor.is_staff:
        require(work.actor, Permission.REGISTER_ASSET, court_code=live.court_code)
        return
    await debtor_of(work, live.case_id, live.court_code, None)
