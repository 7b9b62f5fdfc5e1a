"""The grounds on which a run ends without a result, as data (§11.9, B-16, B-51, B-52, B-53)."""

WITHDRAWAL_GROUNDS: dict[str, str] = {
    "title_revoked": "执行依据被撤销",
    "withdrawn": "全部申请执行人撤回执行申请",
    "paid": "债务已经清偿",
    "settlement": "当事人达成执行和解，无需拍卖",
    "third_party_founded": "案外人异议成立",
    "collusion": "存在恶意串通",
    "facts_changed": "公告事实发生重大变化，需重新公告",
    "transferred": "处置权已移送其他法院",
    "bankruptcy": "被执行人破产，保全措施解除",
    "other": "其他应当撤回的情形",
}
"""Before the start (撤回)."""

END_GROUNDS: dict[str, str] = {
    "title_revoked": "执行依据被撤销",
    "withdrawn": "全部申请执行人撤回执行申请",
    "paid": "债务已经清偿",
    "third_party_founded": "案外人异议成立",
    "bankruptcy": "被执行人破产，保全措施解除",
    "no_estate": "被执行人死亡，无遗产可供执行又无义务承担人",
    "collusion": "存在恶意串通",
    "facts_changed": "公告事实发生重大变化，需重新公告",
    "other": "其他依法应当终结的情形",
}
"""After the start (终结)."""

ENDED = "end."
"""Stands in `Lot.ended_reason` before the ground of a run that ended after its start: to the public the two differ (B-57)."""

WITHDRAWAL_GROUND_LABELS = WITHDRAWAL_GROUNDS | {
    f"{ENDED}{code}": label for code, label in END_GROUNDS.items()
}
"""What `Lot.ended_reason` says of a run without a result."""

DISPOSAL_ENDS = frozenset(
    {"title_revoked", "withdrawn", "paid", "settlement", "third_party_founded", "bankruptcy"}
)
"""With these the disposal itself has no reason any more, so also where only a draft waits for its notice."""

RELISTING_GROUNDS = frozenset({"facts_changed", "collusion"})
"""After these the asset may be listed again; after the others its disposal ends."""
