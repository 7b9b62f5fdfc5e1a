"""Who may do what (rulebook §1). A permission is checked in the use case, not only on the page."""

from enum import StrEnum
from functools import cache

from core.errors import NotPermitted
from core.i18n import msg
from core.identity.actor import Actor, Role


class Permission(StrEnum):
    """Acts that need a role. One name per kind of act."""

    IMPORT_RECORDS = "import_records"
    REGISTER_ASSET = "register_asset"
    RECORD_SEAL = "record_seal"
    SURVEY_ASSET = "survey_asset"
    ENTER_VALUATION = "enter_valuation"
    KEEP_VALUERS = "keep_valuers"
    SET_PURCHASE_LIMITS = "set_purchase_limits"
    RECORD_PANEL_DECISION = "record_panel_decision"
    DRAFT_LISTING = "draft_listing"
    KEEP_AUXILIARY = "keep_auxiliary"
    NOTIFY_PARTIES = "notify_parties"
    PUBLISH_LISTING = "publish_listing"
    STOP_LISTING = "stop_listing"
    EXTEND_STAY = "extend_stay"
    RECORD_OBJECTION = "record_objection"
    HANDLE_OBJECTION = "handle_objection"
    REVOKE_SALE = "revoke_sale"
    CONFIRM_BIDDER = "confirm_bidder"
    CONFIRM_PRIORITY = "confirm_priority"
    REGISTER_TO_BID = "register_to_bid"
    PLACE_BID = "place_bid"
    RECORD_BANK_LINE = "record_bank_line"
    RELEASE_MONEY = "release_money"
    DRAFT_DISTRIBUTION = "draft_distribution"
    ISSUE_RULING = "issue_ruling"
    RECORD_DELIVERY = "record_delivery"
    SIGN_EVICTION = "sign_eviction"
    GRANT_GRACE = "grant_grace"
    REQUEST_TRANSFER = "request_transfer"
    ANSWER_TRANSFER = "answer_transfer"
    DECIDE_TRANSFER = "decide_transfer"
    CONCLUDE_CASE = "conclude_case"
    TAKE_CASH = "take_cash"
    APPROVE_CONCLUSION = "approve_conclusion"
    SEND_INSTRUCTION = "send_instruction"
    APPROVE_INSTRUCTION = "approve_instruction"
    DISPATCH_INSTRUCTION = "dispatch_instruction"
    WORK_ON_INSTRUCTION = "work_on_instruction"
    ORDER_COURTS = "order_courts"
    KEEP_INDICATORS = "keep_indicators"
    KEEP_PEOPLE = "keep_people"
    SEE_COURT_FILES = "see_court_files"
    SEE_ALL_COURTS = "see_all_courts"
    KEEP_DOSSIER = "keep_dossier"
    SEE_SIGNALS = "see_signals"
    LIST_BARRED = "list_barred"
    REVIEW_FAULT = "review_fault"
    APPROVE_INQUIRY = "approve_inquiry"


_STAFF = {Permission.SEE_COURT_FILES}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.BIDDER: frozenset({Permission.REGISTER_TO_BID, Permission.PLACE_BID}),
    Role.CREDITOR: frozenset({Permission.REGISTER_TO_BID, Permission.PLACE_BID}),
    Role.DEBTOR: frozenset({Permission.REGISTER_TO_BID, Permission.PLACE_BID}),
    Role.CLERK: frozenset(
        _STAFF
        | {
            Permission.KEEP_DOSSIER,
            Permission.NOTIFY_PARTIES,
            Permission.CONFIRM_BIDDER,
            Permission.LIST_BARRED,
            Permission.RECORD_OBJECTION,
            Permission.TAKE_CASH,
            Permission.WORK_ON_INSTRUCTION,
        }
    ),
    Role.CASE_OFFICER: frozenset(
        _STAFF
        | {
            Permission.KEEP_DOSSIER,
            Permission.REGISTER_ASSET,
            Permission.RECORD_SEAL,
            Permission.SURVEY_ASSET,
            Permission.ENTER_VALUATION,
            Permission.DRAFT_LISTING,
            Permission.NOTIFY_PARTIES,
            Permission.STOP_LISTING,
            Permission.CONFIRM_BIDDER,
            Permission.DRAFT_DISTRIBUTION,
            Permission.ISSUE_RULING,
            Permission.RECORD_DELIVERY,
            Permission.REQUEST_TRANSFER,
            Permission.ANSWER_TRANSFER,
            Permission.CONCLUDE_CASE,
            Permission.TAKE_CASH,
            Permission.SEND_INSTRUCTION,
            Permission.WORK_ON_INSTRUCTION,
        }
    ),
    Role.PANEL_MEMBER: frozenset(_STAFF | {Permission.RECORD_PANEL_DECISION, Permission.CONFIRM_PRIORITY}),
    Role.DISPOSAL_TEAM: frozenset(
        _STAFF
        | {
            Permission.KEEP_DOSSIER,
            Permission.IMPORT_RECORDS,
            Permission.REGISTER_ASSET,
            Permission.RECORD_SEAL,
            Permission.SURVEY_ASSET,
            Permission.ENTER_VALUATION,
            Permission.DRAFT_LISTING,
            Permission.NOTIFY_PARTIES,
            Permission.PUBLISH_LISTING,
            Permission.CONFIRM_BIDDER,
            Permission.LIST_BARRED,
            Permission.DRAFT_DISTRIBUTION,
            Permission.RECORD_DELIVERY,
            Permission.TAKE_CASH,
            Permission.SEND_INSTRUCTION,
            Permission.WORK_ON_INSTRUCTION,
        }
    ),
    Role.COMMAND_CENTRE: frozenset(
        _STAFF
        | {
            Permission.ANSWER_TRANSFER,
            Permission.SEND_INSTRUCTION,
            Permission.DISPATCH_INSTRUCTION,
            Permission.KEEP_PEOPLE,
        }
    ),
    Role.BUREAU_DIRECTOR: frozenset(
        _STAFF
        | {
            Permission.STOP_LISTING,
            Permission.REQUEST_TRANSFER,
            Permission.ANSWER_TRANSFER,
            Permission.RELEASE_MONEY,
            Permission.SEND_INSTRUCTION,
            Permission.APPROVE_INSTRUCTION,
            Permission.KEEP_PEOPLE,
            Permission.GRANT_GRACE,
            Permission.KEEP_AUXILIARY,
            Permission.APPROVE_CONCLUSION,
        }
    ),
    Role.VICE_PRESIDENT: frozenset(
        _STAFF
        | {
            Permission.RELEASE_MONEY,
            Permission.APPROVE_INQUIRY,
            Permission.APPROVE_INSTRUCTION,
            Permission.APPROVE_CONCLUSION,
        }
    ),
    Role.PRESIDENT: frozenset(
        _STAFF
        | {
            Permission.RELEASE_MONEY,
            Permission.EXTEND_STAY,
            Permission.APPROVE_INQUIRY,
            Permission.SIGN_EVICTION,
        }
    ),
    Role.FINANCE: frozenset(_STAFF | {Permission.RECORD_BANK_LINE}),
    Role.OBJECTION_PANEL: frozenset(
        _STAFF | {Permission.RECORD_OBJECTION, Permission.HANDLE_OBJECTION, Permission.REVOKE_SALE}
    ),
    Role.INTERMEDIATE_COURT: frozenset(
        _STAFF
        | {
            Permission.SEE_ALL_COURTS,
            Permission.DECIDE_TRANSFER,
            Permission.STOP_LISTING,
            Permission.KEEP_VALUERS,
            Permission.SET_PURCHASE_LIMITS,
            Permission.REVIEW_FAULT,
            Permission.SEND_INSTRUCTION,
            Permission.DISPATCH_INSTRUCTION,
            Permission.WORK_ON_INSTRUCTION,
            Permission.ORDER_COURTS,
            Permission.KEEP_INDICATORS,
            Permission.KEEP_PEOPLE,
        }
    ),
    Role.RISK_OFFICER: frozenset({Permission.SEE_SIGNALS}),
    Role.SYSTEM: frozenset(Permission),
}


@cache
def _granted(roles: frozenset[Role]) -> frozenset[Permission]:
    """All that these roles may do together."""
    return frozenset().union(*(GRANTS.get(role, frozenset()) for role in roles))


def may(actor: Actor, permission: Permission, *, court_code: str | None = None) -> bool:
    """Whether the actor may do this, for a thing of court `court_code` if one is named (P-03).

    Staff act only in their own court; the intermediate court acts in all eleven.
    """
    if permission not in _granted(actor.roles):
        return False
    if court_code is None or not actor.is_staff:
        return True
    return actor.court_code == court_code or Role.INTERMEDIATE_COURT in actor.roles


def require(actor: Actor, permission: Permission, *, court_code: str | None = None) -> None:
    """Raise `NotPermitted` unless the actor may do this (P-03)."""
    if may(actor, permission, court_code=court_code):
        return
    if may(actor, permission):
        raise NotPermitted(
            msg("该事项属于其他法院，本院人员无权办理。如需协助，请通过指令或处置权移交办理。"), rule="P-03"
        )
    raise NotPermitted(msg("您的岗位无权办理此事项。请联系有权限的同事或更换账号登录。"), rule="P-03")
