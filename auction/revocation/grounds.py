"""The grounds on which a sale is revoked, as data (B-55; S9 art. 21 for the missing notice; B-61, B-75 beside them)."""

REVOCATION_GROUNDS: dict[str, str] = {
    "misstatement": "公示、说明或者展示与标的物实际状况严重不符，致买受人重大误解",
    "system_failure": "系统故障、网络攻击或者数据错误致竞价结果错误",
    "collusion": "竞买人之间或者与他人恶意串通",
    "unqualified_buyer": "买受人不具备法定竞买资格",
    "unlawful_exclusion": "违法限制竞买人参加竞买或者设置不同条件",
    "other_grave": "其他严重违反拍卖程序且损害当事人或者竞买人利益的情形",
    "no_notice": "未按规定通知当事人或者优先购买权人",
    "third_party_founded": "案外人对标的物的权利成立",
    "transfer_impossible": "依法不能办理权属变更",
}

SIX_GROUNDS = frozenset(
    {"misstatement", "system_failure", "collusion", "unqualified_buyer", "unlawful_exclusion", "other_grave"}
)
"""Those of S1 art. 31."""

NOT_FOR_SALE = frozenset({"third_party_founded", "transfer_impossible"})
"""After these the asset is not listed again; after the others it is."""
