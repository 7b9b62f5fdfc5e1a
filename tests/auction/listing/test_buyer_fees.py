"""No notice lays a commission or a service fee on the buyer (B-91)."""

import pytest

from auction.listing.buyer_fees import buyer_fees, fee_in
from auction.listing.disclosure import USUAL_TAXES, Disclosure, Tax, read_disclosure, to_stored
from auction.listing.draft_lot import edit_draft
from auction.listing.models import Lot
from auction.listing.publish_lot import publish_lot
from core.database import Work
from core.errors import DisposalError, InvalidInput
from tests.auction.listing.workshop import ready_lot, replaced


@pytest.mark.parametrize(
    ("text", "fee"),
    [
        ("买受人须在成交后三日内按成交价的1%支付拍卖佣金", "佣金"),
        ("转入法院账户；另收服务费500元", "服务费"),
        ("不收现金，服务费由竞买人承担", "服务费"),
        ("辅助工作费由买受人负担", "辅助工作费"),
        ("向公告所列法院账户转账；不收现金，不收佣金。", None),
        ("本平台不向买受人收取佣金", None),
        ("免收一切平台使用费", None),
        ("欠缴的物业费、水电费由买受人与物业结算", None),
        ("过户登记费按标准缴纳", None),
        ("", None),
    ],
)
def test_B91_a_fee_of_the_buyers_is_found_and_a_denied_one_is_not(text: str, fee: str | None) -> None:
    assert fee_in(text) == fee
    assert set(buyer_fees(Disclosure(other=text))) == ({"other"} if fee else set())


def test_B91_the_tax_table_is_no_back_door_and_the_usual_taxes_are_no_fees() -> None:
    for payer, fields in (("买受人", {"tax_name2"}), ("竞买人", {"tax_name2"}), ("被执行人", set())):
        taxes = [Tax(name="契税", payer="买受人"), Tax(name="交易服务费", payer=payer)]
        assert set(buyer_fees(Disclosure(taxes=taxes))) == fields
    for usual in USUAL_TAXES.values():
        assert buyer_fees(Disclosure(taxes=usual)) == {}


async def test_B91_no_draft_and_no_publication_with_a_fee_of_the_buyers(work: Work) -> None:
    team, _, lot = await ready_lot(work)
    wrong = replaced(read_disclosure(lot.disclosure), payment_ways="成交后另付服务费")
    with pytest.raises(InvalidInput) as refused:
        await edit_draft(team, lot.id, disclosure=wrong)
    assert set(refused.value.fields) == {"payment_ways"}
    kept = await work.session.get_one(Lot, lot.id)
    kept.disclosure = to_stored(wrong)  # a draft that was written before anybody looked
    with pytest.raises(DisposalError, match="税费表已填写"):
        await publish_lot(team, lot.id)
    kept.disclosure = to_stored(replaced(wrong, payment_ways="转账，不收服务费"))
    assert (await publish_lot(team, lot.id)).published_at is not None
