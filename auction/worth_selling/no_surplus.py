"""Record the no-surplus test of an asset, ask the applicant, and note the answer (A-23)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from auction.listing.rules import MAX_MONEY_FEN
from auction.worth_selling import rules
from auction.worth_selling.figures import newest_test, surplus_figures
from auction.worth_selling.models import SurplusTest
from core.database import Work
from core.deadlines import meet_deadline, open_deadline
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from core.legal_settings import legal
from core.money import yuan
from core.notices import notify
from disposal_teams.assets.letter import issue_letter
from disposal_teams.assets.models import Asset
from disposal_teams.assets.note import note_asset
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text
from disposal_teams.surveys.rules import SurplusOutcome

CLOCK = "surplus_test"
MOST_LINES = 8
BY_HAND = (rules.LineKind.OTHER_PRIOR, rules.LineKind.OTHER_COST)


async def record_test(work: Work, asset_id: UUID, *, by_hand: Sequence[rules.Line]) -> SurplusTest:
    """Take the figures down as they stand, with what the court adds by hand (taxes, a construction price, rent to be left).

    Raises `RuleViolation` while there is no price, `InvalidInput` by field, `Conflict` while the applicant is being asked,
    `NotPermitted`.
    """
    asset = await _own(work, asset_id)
    before = await newest_test(work, asset.id)
    if before is not None and before.asked_at is not None and before.goes_on is None:
        raise Conflict(msg("正在询问申请执行人，请先记录答复。"), rule="A-23")
    fields: dict[str, Message] = {}
    if len(by_hand) > MOST_LINES:
        fields["lines"] = msg("最多 {most} 项。", most=MOST_LINES)
    lines = []
    for place, line in enumerate(by_hand, start=1):
        text = clean_text(line.text, f"text{place}", fields, longest=100)
        if line.kind not in BY_HAND or not 0 < line.amount_fen <= MAX_MONEY_FEN:
            fields[f"amount{place}"] = msg("金额须大于 0，且不超过一万亿元。")
        lines.append(rules.Line(line.kind, text, line.amount_fen))
    if fields:
        raise InvalidInput(msg("测算有误，请按提示修改。"), fields=fields, rule="A-23")
    found = await surplus_figures(work, asset)
    figures = rules.SurplusFigures(
        found.reserve_fen,
        (*(line for line in found.lines if line.kind not in BY_HAND), *lines),
        found.applicant_ranks_first and not any(line.kind is rules.LineKind.OTHER_PRIOR for line in lines),
    )
    goes_on = before.goes_on if before is not None else None
    decision = rules.surplus_of(
        figures, goes_on=goes_on, test_first_rank=legal().no_surplus_check_for_first_rank
    )
    if decision is None or figures.reserve_fen is None:
        raise RuleViolation("A-23", msg("参考价尚未确定，不能测算。"))
    test = SurplusTest(
        id=new_id(),
        asset_id=asset.id,
        case_id=asset.case_id,
        court_code=asset.court_code,
        reserve_fen=figures.reserve_fen,
        lines=[[str(line.kind), line.text, line.amount_fen] for line in figures.lines],
        surplus_fen=decision.surplus_fen,
        outcome=decision.outcome,
        tested_by=work.actor.account_id,
        tested_by_name=work.actor.name[:80],
        tested_at=work.now,
        asked_at=before.asked_at if before is not None and goes_on is not None else None,
        goes_on=goes_on,
        answer_proof=before.answer_proof if before is not None and goes_on is not None else "",
        answered_at=before.answered_at if before is not None else None,
    )
    work.session.add(test)
    await note_asset(
        work, asset, "surplus.tested", "A-23", test=str(test.id), outcome=str(decision.outcome),
        surplus_fen=decision.surplus_fen,
    )  # fmt: skip
    return test


async def ask_applicant(work: Work, asset_id: UUID) -> SurplusTest:
    """Send the applicant the notice (paper 15) with every line; from its receipt five days run in which it may ask
    to go on (L-27).

    Raises `RuleViolation` when the newest test does not ask for it, `NotPermitted`.
    """
    asset = await _own(work, asset_id)
    test = await newest_test(work, asset.id)
    if test is None or test.outcome != SurplusOutcome.ASK_APPLICANT or test.asked_at is not None:
        raise RuleViolation("A-23", msg("测算结果为无剩余、且尚未询问的，才需要询问申请执行人。"))
    test.asked_at = work.now
    needed = -test.surplus_fen + test.reserve_fen
    applicants = [
        party for party in await parties_of(work, asset.case_id) if party.role == PartyRole.APPLICANT
    ]
    await issue_letter(
        work,
        asset,
        "no_surplus_notice",
        addressee="、".join(party.name for party in applicants) or "申请执行人",
        paragraphs=[
            (
                f"本院拟拍卖“{asset.title}”。依照《最高人民法院关于人民法院民事执行中拍卖、变卖财产的规定》第六条测算，按保留价{yuan(test.reserve_fen)}元拍卖，"
                "清偿优先债权和执行费用后，你方可能没有剩余可受清偿。"
            ),
            (
                "请在收到本通知之日起五日内书面告知是否申请继续拍卖。申请继续的，本院重新确定的保留价应当大于"
                f"{yuan(needed)}元；依此流拍的，拍卖费用由你方负担。逾期不申请的，本院不拍卖该财产。"
            ),
        ],
        reckoning=[
            ["保留价", f"{yuan(test.reserve_fen)} 元"],
            *[
                [f"{rules.LINE_LABELS[rules.LineKind(kind)]}：{text}", f"{yuan(fen)} 元"]
                for kind, text, fen in test.lines
            ],
            ["不足清偿的差额", f"{yuan(-test.surplus_fen)} 元"],
        ],
        subject=f"surplus_test:{test.id}",
    )
    for party in applicants:
        if party.account_id is not None:
            await notify(
                work, account_id=party.account_id, key=f"surplus:{test.id}", title=msg("拍卖可能没有剩余，请答复"),
                body=msg("“{title}”按现价拍卖可能没有剩余。请在五日内答复是否申请继续拍卖。", title=asset.title),
                link="/my/sale-wishes",
            )  # fmt: skip
    await note_asset(work, asset, "surplus.asked", "A-23", test=str(test.id))
    if applicants and all(party.account_id is not None for party in applicants):
        await _received(work, asset, test, work.now)
    return test


async def note_receipt(work: Work, asset_id: UUID, *, received_at: datetime) -> SurplusTest:
    """Note when the notice on paper was received: the five days run from there (L-27). Raises `RuleViolation`,
    `InvalidInput`, `NotPermitted`."""
    asset = await _own(work, asset_id)
    test = await newest_test(work, asset.id)
    if test is None or test.asked_at is None or test.goes_on is not None or test.received_at is not None:
        raise RuleViolation("A-23", msg("没有待签收的无益拍卖通知。"))
    if not test.asked_at <= received_at <= work.now:
        raise InvalidInput(
            msg("签收登记有误，请按提示修改。"),
            fields={"received_at": msg("签收时间须在发出通知之后，且不晚于现在。")},
            rule="L-27",
        )
    await _received(work, asset, test, received_at)
    return test


async def _received(work: Work, asset: Asset, test: SurplusTest, moment: datetime) -> None:
    test.received_at = moment
    await open_deadline(
        work, "L-27", subject_kind=CLOCK, subject_id=test.id, started_at=moment, owner_role=Role.CREDITOR,
        owner_court=asset.court_code, asset_id=asset.id, case_id=asset.case_id, trigger_event="surplus.received",
    )  # fmt: skip


async def note_answer(work: Work, asset_id: UUID, *, goes_on: bool, proof: str) -> SurplusTest:
    """Note the applicant's answer that came on paper. Raises `RuleViolation`, `InvalidInput`, `NotPermitted`."""
    asset = await _own(work, asset_id)
    fields: dict[str, Message] = {}
    proof = clean_text(proof, "proof", fields, longest=200)
    if fields:
        raise InvalidInput(msg("请写明答复的日期和材料。"), fields=fields, rule="A-23")
    return await _answered(work, asset, goes_on=goes_on, proof=proof)


async def answer_online(work: Work, test_id: UUID, *, goes_on: bool) -> SurplusTest:
    """The applicant answers. Anybody else's test is as unknown as a missing one (P-03). Raises as above."""
    test = await work.session.get(SurplusTest, test_id)
    if test is not None and test.asked_at is not None:
        for party in await parties_of(work, test.case_id):
            own = party.account_id is not None and party.account_id == work.actor.account_id
            if own and party.role == PartyRole.APPLICANT:
                asset = await work.session.get_one(Asset, test.asset_id)
                return await _answered(work, asset, goes_on=goes_on, proof="在线答复")
    raise NotFound(msg("没有找到该通知。"), rule="P-03")


async def _answered(work: Work, asset: Asset, *, goes_on: bool, proof: str) -> SurplusTest:
    test = await newest_test(work, asset.id)
    if test is None or test.asked_at is None:
        raise RuleViolation("A-23", msg("还没有询问申请执行人。"))
    await work.session.refresh(test, with_for_update=True)
    if test.goes_on is not None:
        raise Conflict(msg("申请执行人已经答复。"), rule="A-23")
    test.goes_on, test.answer_proof, test.answered_at = goes_on, proof, work.now
    test.outcome = SurplusOutcome.GO_ON_ABOVE if goes_on else SurplusOutcome.STOP
    await meet_deadline(work, "L-27", subject_kind=CLOCK, subject_id=test.id, done_event="surplus.answered")
    await note_asset(work, asset, "surplus.answered", "A-23", test=str(test.id), goes_on=goes_on)
    await _tell(
        work, asset, test, msg("申请执行人申请继续拍卖") if goes_on else msg("申请执行人不申请继续拍卖")
    )
    return test


async def answer_missing(work: Work, test_id: UUID) -> None:
    """The five days are over without an answer: the asset is not auctioned (L-27). Doing it again changes nothing."""
    test = await work.session.get(SurplusTest, test_id, with_for_update=True)
    if test is None or test.goes_on is not None or test.asked_at is None:
        return
    test.goes_on, test.answer_proof, test.answered_at = False, "逾期未答复", work.now
    test.outcome = SurplusOutcome.STOP
    asset = await work.session.get_one(Asset, test.asset_id)
    await note_asset(work, asset, "surplus.unanswered", "A-23", test=str(test.id))
    await _tell(work, asset, test, msg("申请执行人逾期未申请继续拍卖"))


async def _tell(work: Work, asset: Asset, test: SurplusTest, title: Message) -> None:
    await tell_court(
        work, asset.court_code, Role.CASE_OFFICER, Role.DISPOSAL_TEAM, key=f"surplus:{test.id}:answer", title=title,
        body=msg("“{title}”的无益拍卖询问已有结果。", title=asset.title),
        link=f"/team/assets/{asset.asset_no}/worth",
    )  # fmt: skip


async def _own(work: Work, asset_id: UUID) -> Asset:
    asset = await work.session.get(Asset, asset_id, with_for_update=True)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"), rule="P-03")
    require(work.actor, Permission.DRAFT_LISTING, court_code=asset.court_code)
    return asset
