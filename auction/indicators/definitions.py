"""The indicators of chapter 9 as data: what counts, in which month, over what, from which rows. No figure is decided elsewhere.

A part is a filter and two numbers over the rows of a base (`bases.py`), written in SQL: each row that counts is a fact with the
court, the team and the month of its moment. An indicator whose rows the product does not keep says why instead of counting.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Better(StrEnum):
    """In which direction a court is better."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


class Unit(StrEnum):
    """How a figure is shown. Counts and amounts are sums; everything else is numerator over denominator."""

    COUNT = "count"
    YUAN = "yuan"
    PERCENT = "percent"
    PER_HUNDRED = "per_hundred"
    DAYS = "days"
    HOURS = "hours"
    TIMES = "times"


SUMS = frozenset({Unit.COUNT, Unit.YUAN})
"""The figure is the numerator alone."""

FACTORS: dict[Unit, Fraction] = {
    Unit.COUNT: Fraction(1),
    Unit.YUAN: Fraction(1, 100),
    Unit.PERCENT: Fraction(100),
    Unit.PER_HUNDRED: Fraction(100),
    Unit.DAYS: Fraction(1),
    Unit.HOURS: Fraction(1, 60),
    Unit.TIMES: Fraction(1),
}
"""What the stored numbers are multiplied with to be shown: money is kept in fen, hours in minutes."""


@dataclass(frozen=True, slots=True)
class Part:
    """Facts of an indicator from one base. SQL over the columns of the base; `at` is the moment whose month counts."""

    base: str
    at: str
    counts: str = "TRUE"
    numerator: str = "1"
    denominator: str = "1"


@dataclass(frozen=True, slots=True)
class Indicator:
    """`code` is the rule with a letter for each variant. `missing`: why there is no data, empty where there is.

    `least`: which setting says how many rows a court needs to be compared (`runs`, or `few` for what is rarer).
    `spread`: median and ninth decile of the numerators are kept too.
    """

    code: str
    name: str
    numerator: str
    denominator: str
    unit: Unit
    better: Better
    source: str
    parts: tuple[Part, ...] = ()
    missing: str = ""
    note: str = ""
    least: str = "runs"
    spread: bool = False

    @property
    def rule(self) -> str:
        """The rule of the book."""
        return self.code[:4]

    @property
    def has_data(self) -> bool:
        """Whether the product keeps the rows."""
        return not self.missing


U, B = Unit, Better

ENDED = "state IN ('sold', 'failed', 'selloff_failed', 'defaulted', 'revoked')"
EVER_SOLD = "state IN ('sold', 'defaulted', 'revoked')"
SOLD = "state = 'sold'"
LIVE_SALE = "sale_state NOT IN ('defaulted', 'revoked')"
ANSWERED_OR_DUE = "answer_due_at IS NOT NULL AND LEAST(answered_at, answer_due_at) <= :now"
STOPPED = "state IN ('sold', 'failed', 'selloff_failed', 'defaulted', 'revoked', 'withdrawn')"


def _runs(counts: str = ENDED, numerator: str = "1", denominator: str = "1") -> Part:
    return Part("run", "ended_at", counts, numerator, denominator)


def _is(condition: str) -> str:
    return f"CAST({condition} AS int)"


NOT_STRUCK_OFF = "way <> 'struck_off'"
CONCLUDED_FIRST = Part(
    "conclusion", "decided_at", f"{NOT_STRUCK_OFF} AND course = 'first' AND had_property", "0", "1"
)

_LOTS, _SALES, _ASSETS = "拍品（lot）", "拍品与成交结算（lot、settlement）", "标的物（asset）"

INDICATORS: tuple[Indicator, ...] = (
    Indicator("K-01", "拍卖件次", "竞价结束的拍卖件次（不含撤回）", "", U.COUNT, B.NEITHER, _LOTS, (_runs(),)),
    Indicator(
        "K-02", "成交率（按件次）", "成交件次（悔拍、撤销的不计）", "拍卖件次", U.PERCENT, B.UP, _LOTS,
        (_runs(numerator=_is(SOLD)),),
    ),
    Indicator(
        "K-03", "标的物成交率", "最终成交的标的物", "处置终结的标的物（成交、抵债、变卖未成交）", U.PERCENT, B.UP,
        "标的物的最后一次拍卖与抵债（lot、in_kind_offer）",
        (Part("ending", "ended_at", "how IN ('sold', 'in_kind', 'unsold')", _is("how = 'sold'")),),
    ),
    Indicator(
        "K-04", "一拍成交率", "一拍成交件次", "一拍结束件次", U.PERCENT, B.UP, _LOTS,
        (_runs(f"{ENDED} AND round = 'first'", _is(SOLD)),),
    ),
    Indicator(
        "K-05a", "二拍成交率", "二拍成交件次", "二拍结束件次", U.PERCENT, B.UP, _LOTS,
        (_runs(f"{ENDED} AND round = 'second'", _is(SOLD)),),
    ),
    Indicator(
        "K-05b", "变卖成交率", "变卖成交件次", "变卖结束件次", U.PERCENT, B.UP, _LOTS,
        (_runs(f"{ENDED} AND round = 'sell_off'", _is(SOLD)),),
    ),
    Indicator(
        "K-06", "流拍率", "流拍件次（含变卖未成交）", "拍卖件次", U.PERCENT, B.DOWN, _LOTS,
        (_runs(numerator=_is("state IN ('failed', 'selloff_failed')")),),
    ),
    Indicator(
        "K-07", "溢价率", "成交价减起拍价之和", "起拍价之和", U.PERCENT, B.UP, _LOTS,
        (_runs(SOLD, "final_price_fen - starting_price_fen", "starting_price_fen"),),
        note="按金额加权。",
    ),
    Indicator(
        "K-07b", "溢价率（逐件平均）", "每件溢价率之和", "成交件次", U.PERCENT, B.UP, _LOTS,
        (_runs(SOLD, "(final_price_fen - starting_price_fen) * 10000 / starting_price_fen", "10000"),),
        note="每件的溢价率保留到万分之一。",
    ),
    Indicator(
        "K-08", "变现率", "成交价之和", "参考价之和", U.PERCENT, B.UP, _LOTS,
        (_runs(f"{SOLD} AND reference_price_fen > 0", "final_price_fen", "reference_price_fen"),),
    ),
    Indicator(
        "K-09", "悔拍率", "悔拍件次", "曾经成交的件次", U.PERCENT, B.DOWN, _LOTS,
        (_runs(EVER_SOLD, _is("state = 'defaulted'")),),
    ),
    Indicator(
        "K-10", "成交额", "未悔拍、未撤销的成交价之和，作出裁定时计入", "", U.YUAN, B.UP, _SALES,
        (Part("run", "ruling_issued_at", LIVE_SALE, "price_fen"),),
    ),
    Indicator(
        "K-11", "网拍率", "通过网络拍卖、变卖处置的标的物", "以各种方式处置的标的物", U.PERCENT, B.UP,
        "标的物的最后一次拍卖与抵债（lot、in_kind_offer）",
        (Part("ending", "ended_at", "how IN ('sold', 'in_kind')", _is("how = 'sold'")),),
        note="其他方式目前只有以物抵债；自行变卖的结果没有登记。",
    ),
    Indicator(
        "K-12", "案拍比（件次）", "拍卖件次", "有可供处置财产的首次执行结案数", U.TIMES, B.NEITHER,
        "拍品与结案（lot、case_conclusion）", (_runs(denominator="0"), CONCLUDED_FIRST), least="few",
        note="销案的案件由其他法院继续执行，不计入分母。",
    ),
    Indicator(
        "K-12b", "案拍比（标的物）", "处置终结的标的物（成交、抵债、变卖未成交）", "有可供处置财产的首次执行结案数", U.TIMES,
        B.NEITHER, "标的物的最后一次拍卖与结案（lot、in_kind_offer、case_conclusion）",
        (Part("ending", "ended_at", "how IN ('sold', 'in_kind', 'unsold')", denominator="0"), CONCLUDED_FIRST), least="few",
    ),
    Indicator(
        "K-13", "处置启动用时", "查封生效（或接收处置权）至启动定价的天数", "启动定价的标的物", U.DAYS, B.DOWN,
        "查封与参考价（seal、valuation）",
        (Part("pricing", "started_at", "is_first AND sealed_on IS NOT NULL", "started_on - sealed_on"),),
        least="few", spread=True,
    ),
    Indicator(
        "K-14", "询价评估用时", "启动定价至确定参考价的天数", "确定的参考价", U.DAYS, B.DOWN, "参考价（valuation）",
        (Part("pricing", "fixed_at", numerator="fixed_on - started_on"),), least="few", spread=True,
    ),
    Indicator(
        "K-15", "上拍用时", "确定参考价至首次公告的天数", "首次公告的参考价", U.DAYS, B.DOWN, "参考价与拍品（valuation、lot）",
        (Part("pricing", "first_notice_at", "fixed_at <= first_notice_at", "first_notice_on - fixed_on"),),
        least="few", spread=True,
    ),
    Indicator(
        "K-16", "平均处置周期", "启动定价至裁定送达的天数，扣除停拍时间", "裁定送达的标的物", U.DAYS, B.DOWN,
        "成交结算、停拍事由与移交记录（settlement、lot_stay、audit_event）",
        (Part("cycle", "served_at", "basis = 'valuation'", "held_days"),), least="few", spread=True,
        note="移交以前的时间计入原法院。",
    ),
    Indicator(
        "K-16b", "平均处置周期（自查封）", "查封生效至裁定送达的天数，扣除停拍时间", "裁定送达的标的物", U.DAYS, B.DOWN,
        "成交结算、停拍事由与移交记录（settlement、lot_stay、audit_event）",
        (Part("cycle", "served_at", "basis = 'seal'", "held_days"),), least="few", spread=True,
        note="移交以前的时间计入原法院。",
    ),
    Indicator(
        "K-17", "裁定及时率", "期限内送达的成交裁定", "已送达或者已到期的成交裁定", U.PERCENT, B.UP,
        "成交结算与期限 L-19（settlement、deadline）",
        (
            Part("run", "LEAST(ruling_served_at, ruling_due_at)",
                 f"{LIVE_SALE} AND ruling_due_at IS NOT NULL AND LEAST(ruling_served_at, ruling_due_at) <= :now",
                 _is("ruling_served_at IS NOT NULL AND ruling_served_at < ruling_due_at")),
        ), least="few",
    ),
    Indicator(
        "K-18", "交付及时率", "期限内完成的交付", "已交付或者已到期的交付", U.PERCENT, B.UP,
        "成交结算与期限 L-21（settlement、deadline）",
        (
            Part("run", "LEAST(delivered_at, delivery_due_at)",
                 f"{LIVE_SALE} AND delivery_due_at IS NOT NULL AND LEAST(delivered_at, delivery_due_at) <= :now",
                 _is("delivered_at IS NOT NULL AND delivered_at < delivery_due_at")),
        ), least="few",
    ),
    Indicator(
        "K-19", "案款发放及时率", "三十日内发放的案款", "到期的案款", U.PERCENT, B.UP,
        "案款与期限 L-33、L-34（proceeds、deadline）",
        (
            Part("payout", "LEAST(paid_out_at, payout_due_at)",
                 "payout_due_at IS NOT NULL AND LEAST(paid_out_at, payout_due_at) <= :now",
                 _is("paid_out_at IS NOT NULL AND paid_out_at < payout_due_at")),
        ), least="few", note="经批准延缓发放的，按事由消失后的十日计算，延缓期间不计入。",
    ),
    Indicator(
        "K-19b", "案款十五日内发放率", "十五日内发放的案款", "发放的案款", U.PERCENT, B.UP, "案款（proceeds）",
        (Part("payout", "paid_out_at", numerator=_is("payout_days <= 15")),), least="few",
    ),
    Indicator(
        "K-20", "平均发放用时", "到账至发放的天数", "发放的案款", U.DAYS, B.DOWN, "案款（proceeds）",
        (Part("payout", "paid_out_at", numerator="payout_days"),), least="few", spread=True,
    ),
    Indicator(
        "K-21", "超期未处置数", "存在超期时限的标的物", "", U.COUNT, B.DOWN,
        "期限 L-01、L-08、L-13、L-23、L-24（deadline）",
        (Part("overdue", "overdue_at"),), least="none",
        note="时限自超期之日起逐月计入，至办理之月为止。",
    ),
    Indicator(
        "K-22", "处置权移交及时率", "期限内答复的商请", "已答复或者已到期的商请", U.PERCENT, B.UP,
        "移交商请（transfer_request）",
        (
            Part("letter", "LEAST(answered_at, answer_due_at)", ANSWERED_OR_DUE,
                 _is("answered_at IS NOT NULL AND answered_at < answer_due_at")),
        ), least="few",
    ),
    Indicator(
        "K-22b", "商请同意率", "同意移交的商请", "已答复的商请", U.PERCENT, B.NEITHER, "移交商请（transfer_request）",
        (Part("letter", "answered_at", numerator=_is("refusal_code IS NULL")),), least="few",
    ),
    Indicator(
        "K-23", "指令按期办结率", "按期办结的指令", "办结的指令", U.PERCENT, B.UP, "指令（instruction）",
        (Part("errand", "closed_at", "state = 'closed'", _is("times_overdue = 0")),), least="few",
    ),
    Indicator(
        "K-23b", "指令平均响应时长", "送达至签收的时间", "签收的指令", U.HOURS, B.DOWN, "指令（instruction）",
        (Part("errand", "signed_in_at", numerator="signed_in_minutes"),), least="few", spread=True,
    ),
    Indicator(
        "K-24", "撤拍率", "公告后撤回、终结的件次", "公告后终了的件次", U.PERCENT, B.DOWN, _LOTS,
        (_runs(f"{STOPPED} AND published_at IS NOT NULL", _is("state = 'withdrawn'")),),
        note="按终了之月计算，使当月的率不超过百分之百。",
    ),
    Indicator(
        "K-24b", "撤销率", "成交后被撤销的件次", "公告后终了的件次", U.PERCENT, B.DOWN, _LOTS,
        (_runs(f"{STOPPED} AND published_at IS NOT NULL", _is("state = 'revoked'")),),
    ),
    Indicator(
        "K-25", "异议率", "对拍卖提出的异议", "拍卖件次", U.PER_HUNDRED, B.DOWN, "异议与拍品（objection、lot）",
        (_runs(numerator="0"), Part("dispute", "submitted_at", "lot_id IS NOT NULL", "1", "0")),
    ),
    Indicator(
        "K-25b", "异议成立率", "成立的异议", "终结的异议", U.PERCENT, B.DOWN, "异议（objection）",
        (Part("dispute", "final_at", "lot_id IS NOT NULL AND outcome IN ('founded', 'dismissed')",
              _is("outcome = 'founded'")),), least="few",
    ),
    Indicator(
        "K-26", "执行到位率", "执行到位的金额", "结案案件的申请金额", U.PERCENT, B.UP, "结案（case_conclusion）",
        (Part("conclusion", "decided_at", f"{NOT_STRUCK_OFF} AND applied_fen > 0", "realised_fen", "applied_fen"),),
        least="few", note="到位金额不超过申请金额；结案之月计入，销案的不计。",
    ),
    Indicator(
        "K-27", "竞买活跃度", "取得竞买资格的人数", "成交件次", U.TIMES, B.UP, "报名与拍品（registration、lot）",
        (_runs(SOLD, "bidders"),),
    ),
    Indicator(
        "K-27b", "每件围观次数", "围观次数", "拍卖件次", U.TIMES, B.UP, "拍品浏览记录",
        missing="平台不记录谁看过哪件拍品，也没有浏览计数。",
    ),
    Indicator(
        "K-27c", "咨询及时答复率", "二十四小时内答复的咨询", "收到的咨询", U.PERCENT, B.UP, "咨询记录",
        missing="咨询通过电话和现场办理，平台没有逐条记录。",
    ),
    Indicator(
        "K-28", "信息披露完整率", "有结论和证据的必查事项", "必查事项", U.PERCENT, B.UP, "现状调查（survey、survey_line）",
        (Part("survey", "surveyed_at", numerator="filled", denominator="required"),), least="few",
    ),
    Indicator(
        "K-29", "每百件投诉", "12368 投诉", "拍卖件次", U.PER_HUNDRED, B.DOWN, "12368 投诉与拍品（complaint、lot）",
        (_runs(numerator="0"), Part("complaint", "received_at", numerator="1", denominator="0")),
        note="由中级法院导入并归属到法院，写明拍品编号的归属到拍品。",
    ),
)  # fmt: skip

BY_CODE: dict[str, Indicator] = {each.code: each for each in INDICATORS}

WORDS_LABELS: dict[str, str] = {
    word: word
    for each in INDICATORS
    for word in (each.name, each.numerator, each.denominator, each.source, each.missing, each.note)
    if word
}
"""Every word of the definitions, so that a test finds its English."""
