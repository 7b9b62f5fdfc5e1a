"""The words of the public pages for lots."""

from typing import Any

from auction.in_kind.models import OfferState
from auction.listing.catalogue import Showing, Sort
from auction.listing.models import LotState, Round
from auction.listing.rules import ROUND_LABELS, STATE_LABELS
from auction.revocation.grounds import REVOCATION_GROUNDS
from auction.suspension.grounds import GROUNDS, KIND_RULES, STAY_KIND_LABELS
from auction.withdrawal.grounds import WITHDRAWAL_GROUND_LABELS
from core.i18n import Message, msg
from disposal_teams.assets.labels import KIND_LABELS
from disposal_teams.assets.models import AssetKind

SHOWING: dict[Showing, Message] = {
    Showing.OPEN: msg("可参与"),
    Showing.BIDDING: msg("正在竞价"),
    Showing.UPCOMING: msg("即将开拍"),
    Showing.SOLD: msg("已成交"),
    Showing.ENDED: msg("全部已结束"),
    Showing.ALL: msg("全部"),
}
SORTS: dict[Sort, Message] = {
    Sort.ENDING: msg("最早结束"),
    Sort.NEWEST: msg("最新公告"),
    Sort.PRICE_LOW: msg("起拍价从低到高"),
    Sort.PRICE_HIGH: msg("起拍价从高到低"),
}
WITHIN: dict[str, Message] = {"24": msg("24 小时内结束"), "72": msg("3 天内结束"), "168": msg("7 天内结束")}

ROUNDS: dict[Round, Message] = {round_: msg(label) for round_, label in ROUND_LABELS.items()}
STATES: dict[LotState, Message] = {state: msg(label) for state, label in STATE_LABELS.items()}
KINDS: dict[AssetKind, Message] = {kind: msg(label) for kind, label in KIND_LABELS.items()}

STATE_TAGS: dict[LotState, str] = {
    LotState.PUBLISHED: "info",
    LotState.NOTIFYING: "info",
    LotState.BIDDING: "live",
    LotState.SELLOFF_OPEN: "live",
    LotState.SELLOFF_BIDDING: "live",
    LotState.PAUSED: "warn",
    LotState.SOLD: "good",
    LotState.DEFAULTED: "bad",
    LotState.REVOKED: "bad",
    LotState.WITHDRAWN: "bad",
}

OFFER_TAGS: dict[OfferState, str] = {
    OfferState.OPEN: "info",
    OfferState.DRAWING: "warn",
    OfferState.AWAIT_DIFFERENCE: "warn",
    OfferState.AWAIT_RULING: "warn",
    OfferState.RULED: "good",
    OfferState.SERVED: "good",
    OfferState.LAPSED: "bad",
    OfferState.CANCELLED: "bad",
}

WORDS: dict[str, Any] = {"rounds": ROUNDS, "states": STATES, "kinds": KINDS, "state_tags": STATE_TAGS}
"""What the templates of lots need."""

STAY_WORDS: dict[str, Any] = {
    "stay_kinds": {kind: msg(label) for kind, label in STAY_KIND_LABELS.items()},
    "stay_grounds": {code: msg(ground.label) for code, ground in GROUNDS.items()},
    "stay_rules": KIND_RULES,
    "revocation_grounds": {code: msg(label) for code, label in REVOCATION_GROUNDS.items()},
    "ended_grounds": {code: msg(label) for code, label in WITHDRAWAL_GROUND_LABELS.items()},
}
"""What the templates of stopped and ended lots need besides."""
