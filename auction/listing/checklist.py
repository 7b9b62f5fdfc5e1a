"""The publish checklist of rulebook §12.3 as data. Pure: facts in, one line per rule out, green or red.

A line says what was found (`evidence`) and, when red, what to do (`remedy`). Publishing is blocked while a line is red.
"""

from collections.abc import Callable

from auction.listing import checklist_asset as asset
from auction.listing import checklist_notice as notice
from auction.listing.publish_facts import ChecklistLine, PublishFacts

LINES: tuple[Callable[[PublishFacts], ChecklistLine], ...] = (
    asset.seal_line,
    asset.survey_line,
    asset.price_line,
    asset.parts_line,
    asset.direct_sale_line,
    asset.self_sale_line,
    notice.platform_line,
    notice.panel_line,
    notice.start_line,
    notice.deposit_line,
    notice.balance_line,
    notice.period_line,
    notice.bidding_time_line,
    notice.notified_line,
    asset.shares_line,
    asset.transfer_line,
    asset.objection_line,
    asset.in_kind_line,
    asset.no_surplus_line,
    asset.sole_home_line,
    asset.lease_line,
    notice.taxes_line,
    notice.delivery_line,
    notice.qualification_line,
    asset.excess_line,
)
"""The lines that every lot has, in the order in which they are read."""

GROUPS: tuple[Callable[[PublishFacts], list[ChecklistLine]], ...] = (
    notice.special_lines,
    notice.warning_lines,
    notice.publicity_lines,
)
"""Then one line for each item of B-15, B-13 and B-12."""


def run_checklist(facts: PublishFacts) -> list[ChecklistLine]:
    """Every line of §12.3 for these facts."""
    return [*(line(facts) for line in LINES), *(line for group in GROUPS for line in group(facts))]
