"""What a bidder gets back: the decision with proof, or a refusal to take the bid now."""

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from auction.bidding.models import BidOutcome
from auction.bidding.receipt_proof import ReceiptProof
from core.clock import COURT_ZONE
from core.errors import DisposalError
from core.i18n import Message, msg

MILLISECOND = timedelta(milliseconds=1)

OUTCOME_WORDS: dict[BidOutcome, Message] = {
    BidOutcome.ACCEPTED: msg("出价成功。"),
    BidOutcome.NOT_STARTED: msg("竞价尚未开始，请在开始时间后再出价。"),
    BidOutcome.LATE: msg("竞价已经结束，本次出价无效。"),
    BidOutcome.PAUSED: msg("竞价已暂停，请等待法院恢复后再出价。"),
    BidOutcome.NOT_QUALIFIED: msg("您尚未取得本标的的竞买资格，请先报名并足额交纳保证金。"),
    BidOutcome.BELOW_START: msg("出价低于起拍价，请按起拍价或更高价格出价。"),
    BidOutcome.TOO_LOW: msg("出价不足当前价加一个增价幅度，请按页面上的最低可出价重新出价。"),
    BidOutcome.BAD_STEP: msg("出价须为起拍价加增价幅度的整数倍，请调整金额后重新出价。"),
    BidOutcome.EQUAL_WITHOUT_BETTER_RANK: msg("该价格已有人出价，请提高出价。"),
    BidOutcome.SELF_OUTBID: msg("您已经领先，无需再次出价。"),
    BidOutcome.ABSURD: msg("金额明显有误，请核对位数后重新出价。"),
    BidOutcome.CEILING_SET: msg("委托限价已设置。"),
    BidOutcome.CEILING_WITHDRAWN: msg("委托限价已撤回。"),
}

OUTCOME_RULES: dict[BidOutcome, str] = {
    BidOutcome.ACCEPTED: "B-40",
    BidOutcome.NOT_STARTED: "B-41",
    BidOutcome.LATE: "B-41",
    BidOutcome.PAUSED: "B-50",
    BidOutcome.NOT_QUALIFIED: "B-30",
    BidOutcome.BELOW_START: "B-40",
    BidOutcome.TOO_LOW: "B-40",
    BidOutcome.BAD_STEP: "B-40",
    BidOutcome.EQUAL_WITHOUT_BETTER_RANK: "B-44",
    BidOutcome.SELF_OUTBID: "B-46",
    BidOutcome.ABSURD: "B-40",
    BidOutcome.CEILING_SET: "B-40",
    BidOutcome.CEILING_WITHDRAWN: "B-40",
}


class TryAgain(DisposalError):
    """The bid was not taken and nothing is recorded, or it is unknown whether it was: ask again with the same key."""

    status = 503
    kind = "try-again"

    retry_after_s: int = 1

    def __init__(self, message: Message) -> None:
        super().__init__(message, rule="B-47")


def not_recorded() -> TryAgain:
    """The answer when the transaction of a batch failed."""
    return TryAgain(msg("本次出价未能确认是否记录，请立即重新提交；重复提交不会重复出价。"))


def too_many_waiting() -> TryAgain:
    """The answer when a lot's queue is full."""
    return TryAgain(msg("当前出价人数过多，本次出价没有记录，请一秒后重试。"))


class EdgeClock(Struct, frozen=True):
    """The clock that notes when bids arrive, less the database's that decides, as last measured (B-47)."""

    drift_ms: float
    within_ms: float
    measured_at: datetime


class BidReceipt(Struct, frozen=True):
    """A decided and committed bid, with the service's proof of it (`receipt_proof.verify_receipt`).

    `received_at`: when it reached this system's edge; `decided_at`: court time inside the lot's lock, which counts.
    `repeated` says that this key had been decided before, and this is that decision; `overtaken` that another's ceiling
    answered at once.
    """

    lot_id: UUID
    seq: int
    code: str
    amount_fen: int
    outcome: BidOutcome
    received_at: datetime
    decided_at: datetime
    ends_at: datetime
    extended: bool
    hash: bytes
    proof: ReceiptProof | None = None
    repeated: bool = False
    overtaken: bool = False

    @property
    def accepted(self) -> bool:
        """Whether the bid led when it was decided."""
        return self.outcome is BidOutcome.ACCEPTED

    @property
    def signature(self) -> bytes:
        """The signature that the proof leads to; empty before the batch is signed."""
        return b"" if self.proof is None else self.proof.signature

    @property
    def lateness(self) -> Message | None:
        """For a late bid: how far it was from the end when it arrived and when it was decided (B-41)."""
        if self.outcome is not BidOutcome.LATE or self.decided_at < self.ends_at:
            return None
        return lateness(self.received_at, self.decided_at, self.ends_at)

    @property
    def words(self) -> Message:
        """The decision for the bidder's eyes; a late bid is told both instants."""
        if self.overtaken:
            return msg("出价有效，但其他竞买人的委托限价随即由系统代为加价，您已被超过。")
        if self.outcome is BidOutcome.LATE and self.decided_at >= self.ends_at:
            return msg(
                "竞价已于 {end} 结束，本次出价于 {at} 进入裁定，晚于结束时间，无效。",
                end=_instant(self.ends_at),
                at=_instant(self.decided_at),
            )
        return OUTCOME_WORDS[self.outcome]


def lateness(received_at: datetime, decided_at: datetime, ends_at: datetime) -> Message:
    """The numbers of a late bid: arrival, decision and end, with their distances in milliseconds."""
    early_ms = (ends_at - received_at) / MILLISECOND
    numbers = {
        "received": _instant(received_at),
        "decided": _instant(decided_at),
        "late": f"{(decided_at - ends_at) / MILLISECOND:.0f}",
    }
    if early_ms > 0:
        return msg(
            "请求于 {received} 到达，早于结束 {early} 毫秒；轮到裁定时为 {decided}，晚于结束 {late} 毫秒。以裁定时刻为准。",
            early=f"{early_ms:.0f}",
            **numbers,
        )
    return msg(
        "请求于 {received} 到达，晚于结束 {after} 毫秒；裁定时刻为 {decided}，晚于结束 {late} 毫秒。",
        after=f"{-early_ms:.0f}",
        **numbers,
    )


def _instant(moment: datetime) -> str:
    """Court time to the millisecond, rounded down."""
    local = moment.astimezone(COURT_ZONE)
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03}"
