"""The generator shows the figures of real lots, and keeps the law."""

from statistics import median, quantiles

from web.demo_city.generated_lots import generated_lots
from web.demo_city.people import _CHECKS, _WEIGHTS, identity_number

LOTS = list(generated_lots(3000))


def test_the_same_seed_gives_the_same_lots() -> None:
    assert list(generated_lots(20)) == LOTS[:20]


def test_starting_prices_are_spread_like_real_ones() -> None:
    lower, middle, upper = quantiles([lot.starting_price_fen / 100 for lot in LOTS], n=4)
    assert 250_000 < lower < 400_000
    assert 480_000 < middle < 680_000
    assert 850_000 < upper < 1_250_000


def test_rounds_come_in_the_shares_of_a_real_day() -> None:
    shares = [sum(lot.round == name for lot in LOTS) / len(LOTS) for name in ("first", "second", "sell_off")]
    assert all(abs(share - real) < 0.04 for share, real in zip(shares, (0.595, 0.313, 0.092), strict=True))


def test_B30_deposits_are_5_to_20_percent_of_the_starting_price() -> None:
    rates = [lot.deposit_fen / lot.starting_price_fen for lot in LOTS]
    assert min(rates) >= 0.05
    assert max(rates) <= 0.20
    assert 0.09 < median(rates) < 0.14


def test_V40_first_auctions_start_at_70_percent_or_more() -> None:
    assert all(lot.starting_price_fen * 100 >= lot.valuation_fen * 70 for lot in LOTS if lot.round == "first")


def test_made_up_identity_numbers_have_a_right_checksum() -> None:
    from random import Random

    random = Random(1)
    for _ in range(100):
        number = identity_number(random)
        total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
        assert number[-1] == _CHECKS[total % 11]
