"""The questions of stopping, going on with and ending a sale (B-50 to B-54)."""

from collections.abc import Mapping
from datetime import datetime

from auction.listing.models import Lot
from auction.listing.rules import shown as court_time
from auction.revocation.grounds import REVOCATION_GROUNDS
from auction.revocation.revoke_sale import revoke_sale
from auction.suspension.end_stay import end_stays
from auction.suspension.grounds import BANKRUPTCY_REFERENCE, GROUNDS, STAY_KIND_LABELS
from auction.suspension.models import StayKind
from auction.suspension.pause import pause_lots
from auction.suspension.queries import stays_in_force
from auction.suspension.resume import resume_lots
from auction.withdrawal.bankruptcy import CONSENT_LABELS, record_bankruptcy_answer, refer_to_bankruptcy
from auction.withdrawal.end_sale import end_sale
from auction.withdrawal.grounds import END_GROUNDS, WITHDRAWAL_GROUNDS
from auction.withdrawal.withdraw_lot import withdraw_lot
from core.database import Work
from core.errors import NotFound
from core.i18n import Message, msg
from core.identity import Permission
from core.money import yuan
from web.forms import Form
from web.team.questions import Answers, Question

COURT_KINDS = (StayKind.DEFERRAL, StayKind.SUSPENSION)
DECISION_LABELS_OF = {
    "kind": msg("停拍方式"),
    "ground": msg("事由"),
    "until": msg("暂缓期限"),
    "reason": msg("具体情况（公开）"),
    "approver": msg("批准人"),
    "panel": msg("合议庭"),
    "minutes": msg("合议笔录"),
}
DEPOSITS_BACK = msg("已交纳的保证金在 24 小时内原路退还。")
EVERYBODY_TOLD = msg("理由和文书即时公开；已报名的竞买人和案件当事人收到通知，任何人看不到竞买人身份。")
OF_PUBLISHED = (DEPOSITS_BACK, EVERYBODY_TOLD)
"""What does not follow where nobody has seen the lot yet."""


def read_people(form: Form, name: str = "panel") -> list[str]:
    """Names divided by commas, pauses or blanks."""
    text = form.text(name, required=False, longest=200)
    for mark in "，,;；、\n":
        text = text.replace(mark, " ")
    return text.split()


def _ruling(form: Form) -> Answers:
    return {
        "reason": form.text("reason", longest=500, lines=True),
        "approver": form.text("approver", longest=80),
        "panel": read_people(form),
        "minutes": form.text("minutes", required=False, longest=2000, lines=True),
    }


def _ruling_shown(answers: Answers) -> dict[str, Message | str]:
    return {
        "reason": answers["reason"],
        "approver": answers["approver"],
        "panel": "、".join(answers["panel"]),
        "minutes": answers["minutes"],
    }


# --- stop -----------------------------------------------------------------------------------------------------------


def _read_stop(form: Form) -> Answers:
    return {
        "kind": form.choice("kind", COURT_KINDS),
        "ground": form.choice("ground", GROUNDS) or "",
        "until": form.moment("until", required=False),
        **_ruling(form),
    }


async def _run_stop(work: Work, lot: Lot, answers: Answers) -> Message:
    await pause_lots(work, [lot.id], **answers)
    return msg("已停拍，竞价时间不再减少。")


def _stop_shown(answers: Answers) -> Mapping[str, Message | str]:
    return {
        "kind": msg(STAY_KIND_LABELS[answers["kind"]]),
        "ground": msg(GROUNDS[answers["ground"]].label),
        "until": _moment(answers["until"]),
        **_ruling_shown(answers),
    }


def _moment(moment: datetime | None) -> Message | str:
    return court_time(moment) if moment else msg("至事由消失时止")


STOP = Question(
    act="stop",
    title=msg("停拍：暂缓或中止"),
    lead=msg("暂缓有期限，由决定作出；中止至事由消失，由合议庭裁定。竞价结束前随时可以办理，结束后不能。"),
    button=msg("停拍"),
    rule="B-50",
    permission=Permission.STOP_LISTING,
    labels=DECISION_LABELS_OF,
    read=_read_stop,
    run=_run_stop,
    shown=_stop_shown,
    consequences=(
        msg("即时停止接受出价，倒计时停止，剩余竞价时间保留。"),
        msg("已有的出价、竞买资格和保证金继续有效。"),
        EVERYBODY_TOLD,
        msg("事由消失后五日内恢复，期限届满自动报警。"),
    ),
)


# --- the ground ends ----------------------------------------------------------------------------------------------


def _read_ground_end(form: Form) -> Answers:
    return {"stay_id": form.identifier("stay"), "note": form.text("note", longest=500, lines=True)}


async def _run_ground_end(work: Work, lot: Lot, answers: Answers) -> Message:
    if not await end_stays(work, [lot.id], **answers):
        raise NotFound(msg("该停拍事由已经结束，请刷新页面。"))
    return msg("已登记停拍事由消失。")


GROUND_END = Question(
    act="ground-ended",
    title=msg("登记停拍事由消失"),
    lead=msg("全部事由消失后，五日内应当恢复拍卖。登记本身不恢复竞价。"),
    button=msg("登记"),
    rule="B-50",
    permission=Permission.STOP_LISTING,
    labels={"stay": msg("停拍事由"), "note": msg("如何消失")},
    read=_read_ground_end,
    run=_run_ground_end,
    shown=lambda answers: {"note": answers["note"]},
    consequences=(msg("全部事由消失的，自登记之日起计算五日恢复期限。"),),
)


# --- go on ----------------------------------------------------------------------------------------------------------


def _read_resume(form: Form) -> Answers:
    return {
        "resumes_at": form.moment("resumes_at", required=False),
        "reason": form.text("reason", longest=500, lines=True),
        "approver": form.text("approver", longest=80),
    }


async def _run_resume(work: Work, lot: Lot, answers: Answers) -> Message:
    await resume_lots(work, [lot.id], **answers)
    return msg("恢复时间已经公布。")


RESUME = Question(
    act="resume",
    title=msg("恢复拍卖"),
    lead=msg("公布恢复时间，通知已报名的竞买人；到时自动恢复，按停拍时剩余的时间继续竞价。"),
    button=msg("公布恢复时间"),
    rule="B-50",
    permission=Permission.STOP_LISTING,
    labels={"resumes_at": msg("恢复时间"), "reason": msg("恢复理由（公开）"), "approver": msg("批准人")},
    read=_read_resume,
    run=_run_resume,
    shown=lambda answers: {
        "resumes_at": court_time(answers["resumes_at"])
        if answers["resumes_at"]
        else msg("最早可以恢复的时间（通知竞买人之后）"),
        "reason": answers["reason"],
        "approver": answers["approver"],
    },
    consequences=(
        msg("公告期内停拍的，原开拍时间未到的照旧，已过的改为恢复时间。"),
        msg("竞价中停拍的，到恢复时间自动开始，剩余竞价时间一秒不少。"),
        EVERYBODY_TOLD,
    ),
)


# --- withdraw, end --------------------------------------------------------------------------------------------------


def _read_withdrawal(form: Form) -> Answers:
    return {
        "ground": form.choice("ground", WITHDRAWAL_GROUNDS) or "",
        "reason": form.text("reason", longest=500, lines=True),
        "costs_fen": form.yuan("costs", required=False),
    }


async def _run_withdrawal(work: Work, lot: Lot, answers: Answers) -> Message:
    await withdraw_lot(work, lot.id, **answers)
    return msg("拍品已撤回。")


WITHDRAW = Question(
    act="withdraw",
    title=msg("撤回拍卖"),
    lead=msg("开拍之前，债务清偿、执行依据被撤销等情形应当撤回。撤回后本次拍卖结束，不能恢复。"),
    button=msg("撤回拍卖"),
    rule="B-51",
    permission=Permission.STOP_LISTING,
    labels={
        "ground": msg("撤回事由"),
        "reason": msg("撤回理由"),
        "costs": msg("已支出的拍卖费用"),
    },
    read=_read_withdrawal,
    run=_run_withdrawal,
    shown=lambda answers: {
        "ground": msg(WITHDRAWAL_GROUNDS[answers["ground"]]),
        "reason": answers["reason"],
        "costs": f"{yuan(answers['costs_fen'])}" if answers["costs_fen"] else "",
    },
    is_grave=True,
    consequences=(msg("本次拍卖结束，不能恢复。"), DEPOSITS_BACK, EVERYBODY_TOLD),
)


def _read_end(form: Form) -> Answers:
    return {"ground": form.choice("ground", END_GROUNDS) or "", **_ruling(form)}


async def _run_end(work: Work, lot: Lot, answers: Answers) -> Message:
    await end_sale(work, lot.id, **answers)
    return msg("本次拍卖已经终结。")


END = Question(
    act="end",
    title=msg("终结拍卖"),
    lead=msg("竞价已经开始而执行应当终结的，由合议庭裁定。已有的出价全部失效，无人竞得。"),
    button=msg("终结拍卖"),
    rule="B-53",
    permission=Permission.STOP_LISTING,
    labels={**DECISION_LABELS_OF, "ground": msg("终结事由")},
    read=_read_end,
    run=_run_end,
    shown=lambda answers: {"ground": msg(END_GROUNDS[answers["ground"]]), **_ruling_shown(answers)},
    is_grave=True,
    consequences=(msg("已有的出价全部失效，无人竞得，不能恢复。"), DEPOSITS_BACK, EVERYBODY_TOLD),
)


# --- bankruptcy -----------------------------------------------------------------------------------------------------


def _read_reference(form: Form) -> Answers:
    return {
        "consent_of": form.choice("consent_of", CONSENT_LABELS) or "",
        "bankruptcy_court": form.text("bankruptcy_court", longest=80),
        **_ruling(form),
    }


async def _run_reference(work: Work, lot: Lot, answers: Answers) -> Message:
    await refer_to_bankruptcy(work, lot.id, **answers)
    return msg("已中止拍卖并移送破产审查。")


BANKRUPTCY = Question(
    act="bankruptcy",
    title=msg("移送破产审查"),
    lead=msg("被执行人是企业法人且不能清偿的，经申请执行人之一或者被执行人同意，中止执行，移送破产法院。"),
    button=msg("中止并移送"),
    rule="B-53",
    permission=Permission.STOP_LISTING,
    labels={
        **DECISION_LABELS_OF,
        "consent_of": msg("同意移送的一方"),
        "bankruptcy_court": msg("破产法院"),
    },
    read=_read_reference,
    run=_run_reference,
    shown=lambda answers: {
        "consent_of": msg(CONSENT_LABELS[answers["consent_of"]]),
        "bankruptcy_court": answers["bankruptcy_court"],
        **_ruling_shown(answers),
    },
    consequences=(
        msg("即时停止接受出价，倒计时停止，剩余竞价时间保留。"),
        msg("破产法院应当在三十日内答复，逾期自动提醒催办。"),
        EVERYBODY_TOLD,
    ),
)


def _read_answer(form: Form) -> Answers:
    accepted = form.choice("accepted", ("yes", "no"))
    return {
        "is_accepted": accepted == "yes",
        "answer": form.text("answer", longest=300),
        "approver": form.text("approver", longest=80),
        "panel": read_people(form),
    }


async def _run_answer(work: Work, lot: Lot, answers: Answers) -> Message:
    waiting = [stay for stay in await stays_in_force(work, lot.id) if stay.ground == BANKRUPTCY_REFERENCE]
    if not waiting:
        raise NotFound(msg("没有找到该移送破产审查。"))
    await record_bankruptcy_answer(work, waiting[0].id, **answers)
    return msg("破产法院的答复已经登记。")


BANKRUPTCY_ANSWER = Question(
    act="bankruptcy-answer",
    title=msg("登记破产法院的答复"),
    lead=msg("受理的，终结本次拍卖并解除查封；不予受理的，五日内恢复拍卖。"),
    button=msg("登记答复"),
    rule="B-53",
    permission=Permission.STOP_LISTING,
    labels={
        "accepted": msg("是否受理"),
        "answer": msg("裁定文号和内容"),
        "approver": msg("批准人"),
        "panel": msg("合议庭"),
    },
    read=_read_answer,
    run=_run_answer,
    shown=lambda answers: {
        "accepted": msg("受理") if answers["is_accepted"] else msg("不予受理"),
        "answer": answers["answer"],
        "approver": answers["approver"],
        "panel": "、".join(answers["panel"]),
    },
    is_grave=True,
    consequences=(
        msg("受理的：本次拍卖终结，保证金 24 小时内退还，本院查封解除，并通知其他查封法院。"),
        msg("不予受理的：停拍事由消失，五日内恢复拍卖。"),
    ),
)

# --- after the sale ------------------------------------------------------------------------------------------------


def _read_revocation(form: Form) -> Answers:
    return {
        "ground": form.choice("ground", REVOCATION_GROUNDS) or "",
        "basis": form.text("basis", longest=80),
        **_ruling(form),
    }


async def _run_revocation(work: Work, lot: Lot, answers: Answers) -> Message:
    await revoke_sale(work, lot.id, **answers)
    return msg("成交已撤销，款项、标的物和查封的恢复正在办理。")


REVOKE = Question(
    act="revoke",
    title=msg("撤销成交"),
    lead=msg(
        "据以撤销的裁定已经生效的，由执行裁判撤销成交。在本系统办理的异议，终结时自动撤销，无需在此办理。"
    ),
    button=msg("撤销成交"),
    rule="B-55",
    permission=Permission.REVOKE_SALE,
    labels={**DECISION_LABELS_OF, "ground": msg("撤销事由"), "basis": msg("生效裁定文号")},
    read=_read_revocation,
    run=_run_revocation,
    shown=lambda answers: {
        "ground": msg(REVOCATION_GROUNDS[answers["ground"]]),
        "basis": answers["basis"],
        **_ruling_shown(answers),
    },
    is_grave=True,
    consequences=(
        msg("买受人和贷款银行已付的款项，24 小时内按原付款账户退还。"),
        msg(
            "标的物回到可以再次处置的状态，因成交裁定结束的查封恢复；已通知登记机构的，出具恢复登记的通知书。"
        ),
        msg("尾款、裁定、过户、交付的期限全部终止；出价日志保持不变。"),
        EVERYBODY_TOLD,
    ),
)

QUESTIONS = {
    each.act: each
    for each in (STOP, GROUND_END, RESUME, WITHDRAW, END, BANKRUPTCY, BANKRUPTCY_ANSWER, REVOKE)
}
