"""Take a report into the file: its figures checked against asset, firm and licence, its PDF kept with hash and version (V-24)."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import select

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import meet_deadline
from core.errors import Conflict, InvalidInput
from core.i18n import Message, msg
from core.ids import new_id
from core.pdf_check import CheckedPdf
from core.sealed_files import OpenedFile, keep_file, open_file
from disposal_teams.assets.models import Asset
from disposal_teams.plain_text import clean_text
from valuation import rules
from valuation.appraisal.models import AppraisalEngagement, AppraisalReport, EngagementState
from valuation.appraisers.models import AppraisalFirm
from valuation.models import Valuation, ValuationState
from valuation.note import note_valuation
from valuation.service_clock import report_received
from valuation.unusual import looks_wrong

WRONG = msg("评估结果有误，请按提示修改。")
PURPOSE = "appraisal_report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a report says, as it was typed; prices in fen, the price twice. `firm`, `registry_no` as the report names them."""

    firm: str
    report_no: str
    price_fen: int
    price_again_fen: int
    appraised_on: date
    valid_until: date
    registry_no: str = ""
    signers: str = ""
    unusual_reason: str = ""


async def take_report(
    work: Work,
    valuation: Valuation,
    asset: Asset,
    chosen: tuple[AppraisalEngagement, AppraisalFirm] | None,
    figures: Figures,
    pdf: CheckedPdf | None = None,
    *,
    state: ValuationState | None = ValuationState.COURT_REVIEW,
) -> AppraisalReport:
    """Check and keep a report; the caller holds the valuation's lock and has checked who hands it in and when.

    `chosen`: whose report is expected; None for valuations from before firms were chosen here. The price counts from now on,
    for the court's review (`state`; None leaves the valuation where it stands).
    Raises `InvalidInput` by field, `Conflict` (the number or the very file was handed in before).
    """
    figures = _checked(work, asset, chosen[1] if chosen else None, figures)
    await _refuse_repetition(work, figures, pdf)
    earlier = await work.session.exec(
        select(AppraisalReport.version).where(AppraisalReport.valuation_id == valuation.id)
    )
    report = AppraisalReport(
        id=new_id(),
        valuation_id=valuation.id,
        firm=figures.firm,
        report_no=figures.report_no,
        price_fen=figures.price_fen,
        appraised_on=figures.appraised_on,
        valid_until=figures.valid_until,
        unusual_reason=figures.unusual_reason,
        signers=figures.signers,
        version=max(earlier.all(), default=0) + 1,
        entered_by=work.actor.account_id,
        entered_at=work.now,
    )
    if pdf is not None:
        report.file_id = await keep_file(work, purpose=PURPOSE, name=pdf.name, content=pdf.content)
        report.file_sha256, report.file_pages = pdf.sha256, pdf.pages
        report.mentions = mentioned(pdf.text, figures)
    work.session.add(report)
    valuation.price_fen, valuation.valid_until = figures.price_fen, figures.valid_until
    if state is not None:
        valuation.state = state
    await work.session.flush()
    if chosen is not None and chosen[0].state == EngagementState.ENTRUSTED:
        engagement = chosen[0]
        engagement.state, engagement.reported_at = EngagementState.REPORTED, work.now
        await meet_deadline(
            work,
            "L-03",
            subject_kind="engagement",
            subject_id=engagement.id,
            done_event="valuation.report_entered",
        )
    await report_received(work, valuation, asset)
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.report_entered",
        "V-24",
        report=str(report.id),
        version=report.version,
        price_fen=report.price_fen,
        valid_until=report.valid_until.isoformat(),
        sha256=report.file_sha256 and report.file_sha256.hex(),
    )
    return report


def _checked(work: Work, asset: Asset, firm: AppraisalFirm | None, given: Figures) -> Figures:
    today = work.now.astimezone(COURT_ZONE).date()
    fields: dict[str, Message] = {}
    clean = Figures(
        firm=clean_text(given.firm, "firm", fields, longest=80),
        report_no=clean_text(given.report_no, "report_no", fields, longest=60),
        registry_no=clean_text(given.registry_no, "registry_no", fields, longest=80, required=False),
        signers=clean_text(given.signers, "signers", fields, longest=200, required=False),
        unusual_reason=clean_text(
            given.unusual_reason, "unusual_reason", fields, longest=200, required=False
        ),
        price_fen=given.price_fen,
        price_again_fen=given.price_again_fen,
        appraised_on=given.appraised_on,
        valid_until=given.valid_until,
    )
    fields |= rules.check_report_dates(
        appraised_on=clean.appraised_on, valid_until=clean.valid_until, today=today
    )
    fields |= _firm_problems(clean.firm, firm, today)
    if clean.registry_no and asset.registry_no and clean.registry_no != asset.registry_no:
        fields["registry_no"] = msg("报告所载权证号与本标的物不符，请核对是否为其他财产的报告。")
    if not 0 < clean.price_fen <= rules.MAX_PRICE_FEN:
        fields["price"] = msg("评估价须大于 0，且不超过一万亿元。")
    if fields:
        raise InvalidInput(WRONG, fields=fields, rule="V-33" if "valid_until" in fields else "V-24")
    rules.check_price_twice(clean.price_fen, clean.price_again_fen)
    _check_unusual(asset, clean.price_fen, clean.unusual_reason)
    return clean


def _firm_problems(firm: str, chosen: AppraisalFirm | None, today: date) -> dict[str, Message]:
    """What is wrong with the firm that signed (V-24), by field."""
    if chosen is None:
        return {}
    if firm != chosen.name:
        return {"firm": msg("报告出具机构与选定的“{firm}”不一致，不予采用。", firm=chosen.name)}
    if chosen.licence_until < today:
        return {"firm": msg("该机构的资质已于 {day} 到期。", day=chosen.licence_until.isoformat())}
    return {}


def _check_unusual(asset: Asset, price_fen: int, unusual_reason: str) -> None:
    unusual = looks_wrong(asset, price_fen)
    if unusual is not None and not unusual_reason:
        raise InvalidInput(
            WRONG,
            fields={"price": unusual, "unusual_reason": msg("金额确实如此的，请说明理由后再提交。")},
            rule="V-24",
        )


async def _refuse_repetition(work: Work, figures: Figures, pdf: CheckedPdf | None) -> None:
    used = await work.session.exec(
        select(AppraisalReport.id).where(
            AppraisalReport.firm == figures.firm, AppraisalReport.report_no == figures.report_no
        )
    )
    if used.first() is not None:
        raise Conflict(
            msg("该机构的报告编号 {number} 已经录入过，请核对。", number=figures.report_no), rule="V-24"
        )
    if pdf is None:
        return
    same = await work.session.exec(
        select(AppraisalReport.id).where(AppraisalReport.file_sha256 == pdf.sha256).limit(1)
    )
    if same.first() is not None:
        raise Conflict(msg("这份文件此前已经提交过，请核对是否选错了文件。"), rule="V-24")


def mentioned(text: str, figures: Figures) -> list[str]:
    """Which of firm, registry number and price stand in the PDF's text: a hint for the court's review, since scans have none."""
    plain = "".join(text.split()).replace(",", "")
    yuan, cents = divmod(figures.price_fen, 100)
    wanted = {
        "firm": [figures.firm],
        "registry_no": [figures.registry_no],
        "price": [f"{yuan}.{cents:02}", str(yuan)],
    }
    return [
        name
        for name, words in wanted.items()
        if any(word and "".join(word.split()) in plain for word in words)
    ]


async def open_kept_report(work: Work, report: AppraisalReport) -> OpenedFile:
    """The report's PDF; whether the reader may see it is decided before. Raises `NotFound`."""
    assert report.file_id is not None
    return await open_file(work, report.file_id, purpose=PURPOSE)
