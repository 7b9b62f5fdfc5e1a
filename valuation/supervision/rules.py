"""When a price is reviewed by way of supervision (V-32, art. 25). Pure."""

from core.errors import RuleViolation
from core.i18n import Message, msg
from valuation.models import ValuationMethod, ValuationState
from valuation.rules import AFTER_REPORT_STATES
from valuation.supervision.models import SupervisionGround, SupervisionOutcome

G = SupervisionGround
M = ValuationMethod

GROUND_LABELS: dict[SupervisionGround, Message] = {
    G.FRAUD_OR_DURESS: msg("当事人议价中存在欺诈、胁迫"),
    G.COLLUSION: msg("恶意串通，损害第三人利益"),
    G.FALSE_RESULT: msg("有关机构出具虚假定向询价结果"),
    G.WRONG_HANDLING: msg("对网络询价、评估异议的处理结果确有错误"),
}
OUTCOME_LABELS: dict[SupervisionOutcome, Message] = {
    SupervisionOutcome.STANDS: msg("理由不成立，参考价有效"),
    SupervisionOutcome.SET_ASIDE: msg("撤销参考价，重新确定"),
}
_OPEN_STATES = AFTER_REPORT_STATES | {ValuationState.FIXED}
_GROUNDS: dict[ValuationMethod, tuple[SupervisionGround, ...]] = {
    M.AGREEMENT: (G.FRAUD_OR_DURESS, G.COLLUSION),
    M.DIRECTED_INQUIRY: (G.FALSE_RESULT, G.COLLUSION),
    M.ONLINE_INQUIRY: (G.COLLUSION, G.WRONG_HANDLING),
    M.APPRAISAL: (G.COLLUSION, G.WRONG_HANDLING),
    M.MARKET_PRICE: (G.COLLUSION,),
    M.ABOVE_COSTS: (G.COLLUSION,),
}


def grounds_for(method: ValuationMethod) -> tuple[SupervisionGround, ...]:
    """The grounds that fit a way to a price."""
    return _GROUNDS[method]


def check_request(
    method: ValuationMethod,
    state: ValuationState,
    ground: SupervisionGround,
    *,
    is_noticed: bool,
    has_open: bool,
    objection_handled: bool,
) -> None:
    """Raise `RuleViolation` unless a person may ask for the review (V-32): a result is there, the first notice is not published
    yet, the ground fits the way, and an objection was handled where its handling is what is wrong."""
    if is_noticed:
        raise RuleViolation("V-32", msg("一拍公告已经发布，不能再申请对参考价进行执行监督。"))
    if state not in _OPEN_STATES:
        raise RuleViolation("V-32", msg("参考价还没有结果，或者已经失效，不能申请执行监督。"))
    if has_open:
        raise RuleViolation("V-32", msg("您的执行监督申请正在审查，不能重复提出。"))
    if ground not in _GROUNDS[method]:
        raise RuleViolation("V-32", msg("该事由与参考价的确定方式不符，请选择其他事由。"))
    if ground is G.WRONG_HANDLING and not objection_handled:
        raise RuleViolation(
            "V-32",
            msg("对该结果还没有办结的异议，没有可以审查的处理结果。"),
            remedy=msg("异议期内请先提出异议。"),
        )


def check_set_aside(state: ValuationState, *, is_noticed: bool) -> None:
    """Raise `RuleViolation` where a price can no longer be set aside: its notice is out, so the sale is stopped first (B-50)."""
    if is_noticed:
        raise RuleViolation(
            "V-32",
            msg("一拍公告已经发布，须先依法停止拍卖，再处理参考价。"),
            remedy=msg("请先撤回或者暂缓该拍品。"),
        )
    if state not in _OPEN_STATES:
        raise RuleViolation("V-32", msg("参考价已经失效，无需撤销。"))
