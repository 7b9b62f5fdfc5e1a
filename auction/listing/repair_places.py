"""Where each line of the publish checklist is repaired (§12.3). Data; the pages know the addresses."""

from enum import StrEnum


class Place(StrEnum):
    """A part of a page of the court. The value names it in `web/team/repairs.py`."""

    SEALS = "seals"
    SURVEY = "survey"
    LEASE = "lease"
    SOLE_HOME = "sole_home"
    VALUATION = "valuation"
    DIRECT_SALE = "direct_sale"
    SELF_SALE = "self_sale"
    PLATFORM = "platform"
    PANEL = "panel"
    BALANCE_DAYS = "balance_days"
    STARTS_AT = "starts_at"
    ENDS_AT = "ends_at"
    NOTICES = "notices"
    TRANSFERS = "transfers"
    OBJECTIONS = "objections"
    IN_KIND = "in_kind"
    NO_SURPLUS = "no_surplus"
    EXCESS = "excess"
    TAXES = "taxes"
    DELIVERY = "delivery"
    QUALIFICATION = "qualification"
    WARNINGS = "warnings"
    SPECIAL = "special"
    FACTS = "facts"
    TITLE = "title"
    ENFORCEMENT_TITLE = "enforcement_title"
    PRICING_BASIS = "pricing_basis"
    PRIORITY = "priority_statement"
    PAYMENT = "payment_ways"
    CONTACT = "contact"
    OTHER = "other"


P = Place

PLACES: dict[str, Place] = {
    "seal": P.SEALS,
    "survey": P.SURVEY,
    "reference_price": P.VALUATION,
    "parts": P.PANEL,
    "direct_sale": P.DIRECT_SALE,
    "self_sale": P.SELF_SALE,
    "platform": P.PLATFORM,
    "panel": P.PANEL,
    "start_price": P.PANEL,
    "deposit": P.PANEL,
    "balance_days": P.BALANCE_DAYS,
    "notice_period": P.STARTS_AT,
    "bidding_time": P.ENDS_AT,
    "notified": P.NOTICES,
    "shareholders": P.NOTICES,
    "transfer": P.TRANSFERS,
    "objection": P.OBJECTIONS,
    "in_kind": P.IN_KIND,
    "no_surplus": P.NO_SURPLUS,
    "sole_home": P.SOLE_HOME,
    "lease": P.LEASE,
    "taxes": P.TAXES,
    "delivery": P.DELIVERY,
    "qualification": P.QUALIFICATION,
    "excess": P.EXCESS,
    "special": P.SPECIAL,
    "warning": P.WARNINGS,
    "publicity.notice": P.TITLE,
    "publicity.enforcement_title": P.ENFORCEMENT_TITLE,
    "publicity.pricing_basis": P.PRICING_BASIS,
    "publicity.time_price_rules": P.STARTS_AT,
    "publicity.asset_materials": P.FACTS,
    "publicity.priority": P.PRIORITY,
    "publicity.notification": P.NOTICES,
    "publicity.payment": P.PAYMENT,
    "publicity.taxes": P.TAXES,
    "publicity.contact": P.CONTACT,
    "publicity.other": P.OTHER,
}
"""By the id of the line, or by what stands before its point."""
