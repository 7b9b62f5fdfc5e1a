"""The form of an appraisal report, the same at the court and at the firm."""

from core.i18n import Message, msg
from valuation.appraisal.enter_report import Figures
from valuation.appraisal.models import DemandCause
from web.forms import Form

CAUSE_LABELS: dict[DemandCause, Message] = {
    DemandCause.WRONG_BASICS: msg("财产基本信息错误"),
    DemandCause.EXCESS_OR_OMISSION: msg("超出财产范围或者遗漏财产"),
    DemandCause.OTHER_FIRM: msg("出具报告的机构与选定的机构不一致"),
    DemandCause.SIGNERS_NOT_QUALIFIED: msg("签字人员不具备资格"),
    DemandCause.OTHER: msg("其他问题"),
}
"""Why a report must be explained or corrected (V-24)."""


def read_figures(form: Form, *, firm: str) -> Figures | None:
    """The figures of a report; faults are noted in the form."""
    report_no = form.text("report_no", longest=60)
    price_fen = form.yuan("price", least_fen=1)
    again_fen = form.yuan("price_again", least_fen=1)
    appraised_on, valid_until = form.day("appraised_on"), form.day("valid_until")
    registry_no = form.text("registry_no", required=False, longest=80)
    signers = form.text("signers", required=False, longest=200)
    reason = form.text("unusual_reason", required=False, longest=200)
    if form.is_bad or appraised_on is None or valid_until is None:
        return None
    return Figures(
        firm=firm,
        report_no=report_no,
        price_fen=price_fen,
        price_again_fen=again_fen,
        appraised_on=appraised_on,
        valid_until=valid_until,
        registry_no=registry_no,
        signers=signers,
        unusual_reason=reason,
    )
