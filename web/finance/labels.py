"""The words of the finance pages."""

from auction.payments.models import BankLineState, PaymentOrderKind, PaymentOrderState, ReversalState
from auction.payments.rules import Suggestion
from auction.reconciliation.rules import FindingCode
from core.i18n import Message, msg
from core.ledger import AccountKind

LINE_LABELS = {
    BankLineState.NEW: msg("待匹配"),
    BankLineState.MATCHED: msg("已入账"),
    BankLineState.SUSPENDED: msg("待查"),
    BankLineState.RETURN_PROPOSED: msg("退回待批准"),
    BankLineState.RETURNED: msg("已退回"),
    BankLineState.REVERSED: msg("已被银行撤销"),
}
LINE_TAGS = {
    BankLineState.NEW: "info",
    BankLineState.MATCHED: "good",
    BankLineState.SUSPENDED: "warn",
    BankLineState.RETURN_PROPOSED: "info",
    BankLineState.REVERSED: "bad",
}
SUGGESTIONS = {
    Suggestion.ASSIGN: msg("付款人与本院一笔待缴保证金相符，疑为账号填错，建议转入该账号。"),
    Suggestion.RETURN: msg("建议原路退回。"),
    Suggestion.ASK_PAYER: msg("无法判断用途，建议联系付款人核实，或原路退回。"),
}
ORDER_LABELS = {
    PaymentOrderKind.DEPOSIT_REFUND: msg("退还保证金"),
    PaymentOrderKind.DEPOSIT_CAPTURE: msg("冻结保证金划入法院账户"),
    PaymentOrderKind.OVERPAYMENT_REFUND: msg("退还多付款"),
    PaymentOrderKind.UNMATCHED_RETURN: msg("退回待查款项"),
    PaymentOrderKind.PAYOUT: msg("发放案款"),
}
ORDER_STATES = {
    PaymentOrderState.DUE: msg("待支付"),
    PaymentOrderState.EXECUTED: msg("已支付"),
    PaymentOrderState.FAILED: msg("支付失败"),
    PaymentOrderState.CANCELLED: msg("已取消"),
}
REVERSAL_STATES = {
    ReversalState.APPLIED: msg("已冲回"),
    ReversalState.UNMATCHED: msg("未找到原流水"),
}
ACCOUNT_LABELS = {
    AccountKind.BANK: msg("银行存款"),
    AccountKind.PLATFORM_FROZEN: msg("平台冻结款"),
    AccountKind.REVERSAL_RECEIVABLE: msg("银行冲正待追回款"),
    AccountKind.DEPOSIT_HELD: msg("竞买保证金"),
    AccountKind.DEPOSIT_FORFEITED: msg("不予退还的保证金"),
    AccountKind.PRICE_BALANCE: msg("成交价款"),
    AccountKind.TAX_PAYABLE: msg("应付税款"),
    AccountKind.COST_PAYABLE: msg("应付处置费用"),
    AccountKind.FEE_PAYABLE: msg("应付执行费"),
    AccountKind.RESERVED_FIRST_SEAL: msg("首封预留款"),
    AccountKind.ESCROW_DISPUTED: msg("争议提存款"),
    AccountKind.CREDITOR_PAYABLE: msg("应付债权人"),
    AccountKind.DEBTOR_SURPLUS: msg("应退被执行人余款"),
    AccountKind.UNCLAIMED: msg("待查款项"),
}
FINDINGS: dict[FindingCode, tuple[Message, Message]] = {
    FindingCode.BANK_DIFFERS: (
        msg("银行流水合计与银行存款账不符"),
        msg("账目可能被改动或有记账错误，请立即停止付款并报告。"),
    ),
    FindingCode.PLATFORM_DIFFERS: (
        msg("平台冻结流水与平台冻结款账不符"),
        msg("请与平台核对冻结、解冻和划款记录。"),
    ),
    FindingCode.STATED_DIFFERS: (
        msg("银行对账单余额与流水合计不符"),
        msg("可能有流水没有导入，请导入该时点之前的全部对账单。"),
    ),
    FindingCode.DEPOSITS_DIFFER: (
        msg("保证金登记与保证金账不符"),
        msg("请查看该标的物的账目，核对每笔保证金。"),
    ),
    FindingCode.UNCLAIMED_DIFFERS: (
        msg("待查流水与待查款项账不符"),
        msg("请核对该笔流水是否已经退回或转入。"),
    ),
    FindingCode.LINE_STUCK: (
        msg("流水超过十分钟没有匹配"),
        msg("后台任务可能停止，请联系管理员检查。"),
    ),
    FindingCode.ORDER_REFUSED: (
        msg("付款指令被银行拒绝"),
        msg("系统会自动重试；请核对拒绝原因，排除后立即重试。"),
    ),
    FindingCode.REVERSAL_UNKNOWN: (
        msg("银行冲正找不到原流水"),
        msg("请导入原流水，或核对冲正流水号和金额。"),
    ),
    FindingCode.REVERSAL_MISSING: (
        msg("被冲正的款项已经退还或使用"),
        msg("请向付款人追回；买受人尚欠价款的，依法催缴。"),
    ),
}
"""What each finding of the reconciliation is called, and what to do about it."""

FIELD_LABELS = {
    "reference": msg("流水号"),
    "account": msg("收款账号"),
    "amount": msg("金额"),
    "payer": msg("付款人"),
    "booked_at": msg("入账时间"),
    "reverses": msg("冲正流水号"),
    "statement": msg("对账单文件"),
    "reason": msg("退回理由"),
    "note": msg("不予批准的理由"),
    "as_of": msg("余额时间"),
    "balance": msg("对账单余额"),
}
