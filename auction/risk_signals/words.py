"""What a signal means, in words for the risk officer: what was found, why it matters, and what it is not."""

from dataclasses import dataclass

from auction.risk_signals.models import InquiryState, SignalKind, SignalState, Strength
from core.i18n import Message, msg

K = SignalKind


@dataclass(frozen=True, slots=True)
class Explained:
    """The words of one pattern."""

    title: Message
    why: Message
    not_proof: Message


EXPLAINED: dict[SignalKind, Explained] = {
    K.SHARED_DEVICE: Explained(
        msg("同一设备"),
        msg("不同身份的竞买人使用过同一台设备，可能由一人操作多个代码。"),
        msg("家人共用电脑、代理人代办多人业务也会如此。"),
    ),
    K.SHARED_ADDRESS: Explained(
        msg("同一网络地址"),
        msg("不同身份的竞买人从同一网络出价，可能相识或在同一处操作。"),
        msg("同一单位、小区、网吧或移动网络的无关人员也会共用地址，单凭此项不能认定。"),
    ),
    K.SHARED_FUNDING: Explained(
        msg("同一付款账户"),
        msg("不同竞买人的保证金来自同一银行账户，出资人可能是同一人。"),
        msg("夫妻共用账户、银行过渡账户也会如此，须核对账户性质。"),
    ),
    K.SHARED_ACROSS_LOTS: Explained(
        msg("设备或账户曾由他人用于其他标的"),
        msg("该竞买人的设备或付款账户，在其他已结束的标的中由不同身份的人使用过。"),
        msg("辅助机构、亲友代办多宗竞买也会如此。"),
    ),
    K.PAID_BY_RIVAL: Explained(
        msg("竞争对手代为付款"),
        msg("一名竞买人的款项由同场另一名竞买人支付，双方可能串通。"),
        msg("亲友之间借款支付也可能如此，须核对双方关系和借款凭证。"),
    ),
    K.ALWAYS_TOGETHER: Explained(
        msg("总是同场出现"),
        msg("两名竞买人在多个标的中反复同场，可能存在陪拍。"),
        msg("同一地区、同一行业的收购者也会经常相遇。"),
    ),
    K.REPEAT_DEFAULTER: Explained(
        msg("曾经悔拍"),
        msg("该竞买人以往成交后未付款，本次可能再次悔拍或恶意抬价。"),
        msg("以往悔拍可能因贷款未获批准等客观原因。"),
    ),
    K.DEBTOR_RELATED: Explained(
        msg("与被执行人有关联"),
        msg("该竞买人与被执行人共用设备、账户、网络或电话，可能代被执行人抬价或阻拍。"),
        msg("亲属依法可以竞买，关联本身不违法。"),
    ),
    K.PUSHED_BY_DEBTOR: Explained(
        msg("被执行人出价后未竞得"),
        msg("被执行人本人多次出价推高价格而未竞得，须留意是否恶意抬价。"),
        msg("被执行人可以参加竞买，想保住财产而出价属正常。"),
    ),
    K.LATE_WITHDRAWAL: Explained(
        msg("临近开拍撤回报名"),
        msg("该竞买人已交保证金，在开拍前不久撤回，可能受人劝退或被收买。"),
        msg("资金安排变化、看样后改变主意也会撤回。"),
    ),
    K.JUMP_BID: Explained(
        msg("大幅跳价"),
        msg("一次加价远超增价幅度，可能是误操作、吓退对手或无意付款。"),
        msg("看中标的、希望速战速决的竞买人也会一次加到位。"),
    ),
    K.PRICE_ABOVE_REFERENCE: Explained(
        msg("成交价远高于参考价"),
        msg("价格为参考价的数倍，悔拍可能性大，也可能参考价失准。"),
        msg("参考价偏低或标的稀缺时，高价也可能真实。"),
    ),
    K.PRICE_ABOVE_SIMILAR: Explained(
        msg("溢价远高于同类成交"),
        msg("与近一年同类标的相比，本次溢价明显偏高。"),
        msg("同类标的之间本有差异，样本不多时只作参考。"),
    ),
}

FIGURES: dict[str, Message] = {
    "entries": msg("涉及报名"),
    "bids": msg("合计出价次数"),
    "persons": msg("其他使用人数"),
    "lots": msg("涉及标的"),
    "share_percent": msg("同场占其全部参与的百分比"),
    "defaults": msg("以往悔拍次数"),
    "hours_before": msg("开拍前小时数"),
    "bid": msg("出价序号"),
    "from_fen": msg("加价前"),
    "to_fen": msg("加价后"),
    "steps": msg("相当于增价幅度的倍数"),
    "percent": msg("成交价为参考价的百分比"),
    "usual_percent": msg("同类成交的中位百分比"),
    "sales": msg("同类成交数"),
    "reference_fen": msg("参考价"),
    "final_fen": msg("成交价"),
}

STRENGTH_LABELS = {
    Strength.STRONG: msg("强线索"),
    Strength.MEDIUM: msg("中等线索"),
    Strength.WEAK: msg("弱线索"),
}
STATE_LABELS = {
    SignalState.OPEN: msg("待处理"),
    SignalState.DISMISSED: msg("已排除"),
    SignalState.UNDER_INQUIRY: msg("调查中"),
    SignalState.CONFIRMED: msg("已查实"),
}
INQUIRY_LABELS = {
    InquiryState.ASKED: msg("待审批"),
    InquiryState.APPROVED: msg("已批准"),
    InquiryState.REFUSED: msg("未批准"),
    InquiryState.CLOSED: msg("已办结"),
}
