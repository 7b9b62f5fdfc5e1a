"""The paper that tells the parties of an appraisal: 评估结果告知书 (§10 no. 8)."""

from uuid import UUID

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.documents import issue_document
from core.errors import NotFound
from core.i18n import msg
from core.money import capital_amount, yuan
from core.outbox import task
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.queries import court_of
from valuation.appraisal.models import AppraisalReport
from valuation.queries import asset_of_valuation


@task(queue="documents")
async def issue_result_notice(work: Work, *, valuation_id: UUID) -> None:
    """Write the notice of the result, with the right to object within five days (V-30, V-31)."""
    asset = await asset_of_valuation(work, valuation_id)
    report = (
        await work.session.exec(
            select(AppraisalReport)
            .where(AppraisalReport.valuation_id == valuation_id)
            .order_by(col(AppraisalReport.entered_at).desc())
        )
    ).first()
    if report is None:
        raise NotFound(msg("没有找到该参考价程序。"))
    case, court = await case_of(work, asset.case_id), await court_of(work, asset.court_code)
    await issue_document(
        work,
        "valuation_result_notice",
        template="core/documents/templates/plain_letter.typ",
        data={
            "court": court.name,
            "addressee": f"{case.case_no}案各当事人、利害关系人",
            "paragraphs": [
                f"本院委托{report.firm}对“{asset.title}”进行评估，评估机构已出具报告，现将结果告知如下。",
                (
                    "当事人、利害关系人对财产基本信息、超范围或遗漏、机构或人员资质、程序有异议，或者对参照标准、计算方法、"
                    "评估结果有异议的，可以在收到本告知书之日起五日内向本院书面提出；逾期提出的，本院不予受理。"
                ),
            ],
            "facts": [
                ["评估机构", report.firm],
                ["报告编号", report.report_no],
                ["评估价", f"{yuan(report.price_fen)}元（人民币{capital_amount(report.price_fen)}）"],
                ["价值时点", report.appraised_on.isoformat()],
                ["有效期至", report.valid_until.isoformat()],
            ],
            "closing": [f"联系电话：{court.supervision_phone}"],
            "date": work.now.astimezone(COURT_ZONE).date().isoformat(),
            "is_demo": asset.is_demo,
        },
        court_code=asset.court_code,
        case_no=case.case_no,
        asset_id=asset.id,
        case_id=asset.case_id,
        subject=f"asset:{asset.id}",
    )
