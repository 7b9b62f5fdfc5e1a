"""The paper that tells the parties of an appraisal: 评估结果告知书 (§10 no. 8)."""

from uuid import UUID

from core.database import Work
from core.outbox import task
from disposal_teams.assets.letter import issue_letter
from disposal_teams.cases.queries import case_of
from valuation.basis import basis_of
from valuation.models import Valuation, ValuationMethod
from valuation.objections.progress import objections_of
from valuation.queries import asset_of_valuation

OBJECTION_TO_INQUIRY = (
    "当事人、利害关系人认为报告的财产基本信息错误、超出财产范围或者遗漏财产、机构或人员不具备资质、程序严重违法的，"
    "可以在收到本告知书之日起五日内向本院书面提出异议；逾期提出的，本院不予受理。"
)
OBJECTION_TO_APPRAISAL = (
    "当事人、利害关系人对财产基本信息、超范围或遗漏、机构或人员资质、程序有异议，或者对参照标准、计算方法、"
    "评估结果有异议的，可以在收到本告知书之日起五日内向本院书面提出；逾期提出的，本院不予受理。"
)

NO_OBJECTION_TO_CORRECTIONS = (
    "本结果是对当事人、利害关系人异议处理后的结果。对补正、说明及专业技术评审结论，不能再提出异议；"
    "此前尚未届满的异议期不受影响。"
)


@task(queue="documents")
async def issue_result_notice(work: Work, *, valuation_id: UUID) -> None:
    """Write the notice of the result, with the right to object within five days (V-30, V-31)."""
    asset = await asset_of_valuation(work, valuation_id)
    valuation = await work.session.get_one(Valuation, valuation_id)
    basis = await basis_of(work, valuation)
    appraised = valuation.method == ValuationMethod.APPRAISAL
    case = await case_of(work, asset.case_id)
    await issue_letter(
        work,
        asset,
        "valuation_result_notice",
        addressee=f"{case.case_no}案各当事人、利害关系人",
        paragraphs=[
            f"本院对“{asset.title}”进行{'委托评估' if appraised else '网络询价'}，报告已经出具，现将结果告知如下。",
            NO_OBJECTION_TO_CORRECTIONS
            if await objections_of(work, valuation_id)
            else OBJECTION_TO_APPRAISAL
            if appraised
            else OBJECTION_TO_INQUIRY,
        ],
        facts=basis.facts,
    )
