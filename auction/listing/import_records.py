"""The rows that one imported lot becomes. Pure: the lot, fresh numbers and the time in, rows out."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

import msgspec
from sqlmodel import SQLModel

from auction.listing.defaults import propose_disclosure
from auction.listing.disclosure import to_stored
from auction.listing.draft_lot import lot_tokens
from auction.listing.import_formats import ImportedLot
from auction.listing.models import Lot, LotState, PanelDecision, PartyNotification, Round
from auction.listing.next_round import proposed_times
from auction.listing.restore import spread
from auction.listing.rules import proposed_deposit_fen
from core.deadlines.rules import day_in_court
from core.ids import new_id
from core.legal_settings import legal
from core.search_text import index_tokens
from disposal_teams.assets.models import (
    MOVABLE_KINDS,
    Asset,
    AssetKind,
    AssetState,
    LeaseStatus,
    Seal,
    SealKind,
    SealState,
    SoleHome,
)
from disposal_teams.assets.rules import latest_expiry
from disposal_teams.cases.models import EnforcementCase, Party, PartyRole
from disposal_teams.courts.models import Court
from disposal_teams.surveys.matrix import required_items
from disposal_teams.surveys.models import EvidenceKind, Survey, SurveyLine
from valuation.appraisal.models import AppraisalReport, ResultService, ServiceWay
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.reference_price import ReferencePrice
from valuation.rules import OBJECTION_DAYS, reuse_until

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
BANKS = ("某商业银行苏州分行", "某农村商业银行", "某资产管理有限公司", "某小额贷款有限公司", "某贸易有限公司")
FIRMS = ("苏州甲房地产土地资产评估有限公司", "江苏乙价格评估有限公司", "苏州丙资产评估事务所")
CAUSES = ("金融借款合同纠纷", "民间借贷纠纷", "买卖合同纠纷", "追偿权纠纷", "建设工程施工合同纠纷")

SEALED_AGO, SURVEYED_AGO, APPRAISED_AGO, FIXED_AGO, NOTIFIED_AGO = 220, 50, 40, 15, 6
"""Days before the import at which each step is taken to have happened."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Fresh numbers for one lot: asset, case, and one lot number per round (the last is the draft's)."""

    asset: int
    case: int
    lots: tuple[str, ...]


@dataclass(slots=True)
class Records:
    """Rows to write, and the number to show for them."""

    rows: list[SQLModel] = field(default_factory=list)
    shown_number: str = ""


_STAGES = ("sealed", "surveyed", "valued", "draft", "notified")
_ASSET_STATE = {
    "sealed": AssetState.SEALED_EFFECTIVE,
    "surveyed": AssetState.VALUATION,
    "valued": AssetState.READY_TO_LIST,
    "draft": AssetState.READY_TO_LIST,
    "notified": AssetState.READY_TO_LIST,
}


def records_of(
    lot: ImportedLot, numbers: Numbers, court: Court, now: datetime, stage: str, *, is_demo: bool
) -> Records:
    """The rows of one lot up to `stage`."""
    reached = _STAGES.index(stage)
    today = day_in_court(now)
    case = _case(lot, numbers, court, now, is_demo)
    asset = _asset(lot, numbers, case, court, now, stage, is_demo)
    parties = _parties(lot, case)
    made = Records([case, *parties, asset, _seal(lot, asset, case, today)], asset.asset_no)
    if reached == 0:
        return made
    survey, lines = _survey(lot, asset, now, today)
    made.rows += [survey, *lines]
    if reached == 1:
        return made
    valuation, report = _valuation(lot, asset, now, today)
    made.rows += [valuation, report, *_services(valuation, parties)]
    if reached == 2:
        return made
    earlier, draft = _lots(lot, numbers, asset, case, court, valuation, report, survey, lines, parties, now)
    made.rows += [*earlier, draft, _decision(lot, draft, asset, now, today)]
    made.shown_number = draft.lot_no
    if earlier:
        asset.state, asset.first_listed_at = AssetState.LISTED, earlier[0].published_at
    if reached == 4:
        draft.state = LotState.NOTIFYING
        sent = now - timedelta(days=NOTIFIED_AGO)
        made.rows += [
            PartyNotification(
                id=new_id(),
                lot_id=draft.id,
                party_id=party.id,
                way="electronic",
                sent_at=sent,
                received_at=sent,
                proof="随导入登记",
            )
            for party in parties
        ]
    return made


def _pick(key: str, purpose: str, choices: tuple[str, ...] | str) -> str:
    return choices[int(spread(key, purpose) * len(choices))]


def _case(lot: ImportedLot, numbers: Numbers, court: Court, now: datetime, is_demo: bool) -> EnforcementCase:
    filed_on = day_in_court(now) - timedelta(days=SEALED_AGO + 20)
    return EnforcementCase(
        id=new_id(),
        case_no=f"（{filed_on.year}）苏{court.code}执{numbers.case}号",
        court_code=court.code,
        filed_on=filed_on,
        cause=_pick(lot.source_key, "cause", CAUSES),
        claim_fen=lot.valuation_fen + int(spread(lot.source_key, "claim") * lot.valuation_fen) // 100 * 100,
        is_demo=is_demo,
        created_at=now,
    )


def _parties(lot: ImportedLot, case: EnforcementCase) -> list[Party]:
    debtor = lot.owner_name or _pick(lot.source_key, "debtor", SURNAMES) + "某"
    return [
        Party(
            id=new_id(),
            case_id=case.id,
            role=PartyRole.APPLICANT,
            name=_pick(lot.source_key, "applicant", BANKS),
            is_natural_person=False,
            claim_fen=case.claim_fen,
        ),
        Party(id=new_id(), case_id=case.id, role=PartyRole.DEBTOR, name=debtor),
    ]


def _asset(
    lot: ImportedLot,
    numbers: Numbers,
    case: EnforcementCase,
    court: Court,
    now: datetime,
    stage: str,
    is_demo: bool,
) -> Asset:
    surveyed = stage != "sealed"
    return Asset(
        id=new_id(),
        asset_no=f"ZC{day_in_court(now).year}{numbers.asset:06d}",
        kind=lot.kind,
        title=lot.title,
        location=lot.location,
        district=court.district,
        source_key=lot.source_key,
        case_id=case.id,
        court_code=court.code,
        state=_ASSET_STATE[stage],
        sole_home=SoleHome.NO if surveyed else SoleHome.UNKNOWN,
        lease_status=LeaseStatus.NONE if surveyed else LeaseStatus.UNKNOWN,
        area_m2=None if lot.area_hundredths is None else Decimal(lot.area_hundredths) / 100,
        attributes={name: value for name, value in (("restored", lot.restored), ("note", lot.note)) if value},
        owner_name=lot.owner_name or "被执行人",
        search_tokens=index_tokens(f"{lot.title} {lot.location} {case.case_no}"),
        is_demo=is_demo,
        created_at=now,
    )


def _seal(lot: ImportedLot, asset: Asset, case: EnforcementCase, today: date) -> Seal:
    registered_on = today - timedelta(days=SEALED_AGO)
    return Seal(
        id=new_id(),
        asset_id=asset.id,
        position=1,
        court_code=asset.court_code,
        case_no=case.case_no,
        creditor_name=_pick(lot.source_key, "applicant", BANKS),
        claim_fen=case.claim_fen,
        kind=SealKind.ENFORCEMENT,
        state=SealState.EFFECTIVE,
        registered_on=registered_on,
        expires_on=latest_expiry(AssetKind(asset.kind), registered_on),
        effective_on=registered_on,
    )


_FINDINGS = {
    "title": "登记在被执行人名下，单独所有",
    "burdens": "已设定抵押，抵押权人为申请执行人；无其他负担",
    "occupation": "调查时无人占用",
    "arrears": "截至调查日未发现欠缴",
    "defects": "未发现明显瑕疵，以现状为准",
    "lease": "未发现租赁和居住权",
    "tax_items": "买卖双方税种、税率见公告税费表",
    "interior": "已入户查看，户内无特殊装修",
    "floor_plan": "户型图见登记档案",
    "land_nature": "出让土地",
    "household": "未查询，请竞买人自行向有关部门核实",
    "keys_papers": "钥匙一把，行驶证在卷",
    "missing_parts": "未发现缺失部件",
}


def _survey(lot: ImportedLot, asset: Asset, now: datetime, today: date) -> tuple[Survey, list[SurveyLine]]:
    at = now - timedelta(days=SURVEYED_AGO)
    survey = Survey(
        id=new_id(),
        asset_id=asset.id,
        surveyor_names="处置团队两名工作人员",
        surveyed_on=today - timedelta(days=SURVEYED_AGO),
        completed_at=at,
        created_at=at,
    )
    lines = [
        SurveyLine(
            id=new_id(),
            survey_id=survey.id,
            item=item.code,
            finding=_FINDINGS.get(item.code, "已查明，未见异常"),
            evidence_kind=min(item.evidence, key=list(EvidenceKind).index),
            evidence_ref="随导入登记",
            recorded_at=at,
        )
        for item in required_items(AssetKind(asset.kind), asset.attributes)
    ]
    return survey, lines


def _valuation(
    lot: ImportedLot, asset: Asset, now: datetime, today: date
) -> tuple[Valuation, AppraisalReport]:
    appraised_on = today - timedelta(days=APPRAISED_AGO)
    valid_until = appraised_on + timedelta(days=364)
    fixed_at = now - timedelta(days=FIXED_AGO)
    valuation = Valuation(
        id=new_id(),
        asset_id=asset.id,
        method=ValuationMethod.APPRAISAL,
        state=ValuationState.FIXED,
        started_at=now - timedelta(days=APPRAISED_AGO + 5),
        price_fen=lot.valuation_fen,
        fixed_at=fixed_at,
        valid_until=valid_until,
        reuse_until=reuse_until(valid_until),
        objection_window_ends_at=fixed_at,
    )
    report = AppraisalReport(
        id=new_id(),
        valuation_id=valuation.id,
        firm=_pick(lot.source_key, "firm", FIRMS),
        report_no=f"评字{asset.asset_no}",
        price_fen=lot.valuation_fen,
        appraised_on=appraised_on,
        valid_until=valid_until,
        entered_at=now - timedelta(days=APPRAISED_AGO - 2),
    )
    return valuation, report


def _services(valuation: Valuation, parties: list[Party]) -> list[ResultService]:
    assert valuation.fixed_at is not None
    sent = valuation.fixed_at - timedelta(days=OBJECTION_DAYS + 3)
    return [
        ResultService(
            id=new_id(),
            valuation_id=valuation.id,
            party_id=party.id,
            way=ServiceWay.ELECTRONIC,
            sent_at=sent,
            received_at=sent,
            proof="随导入登记",
            window_ends_at=valuation.objection_window_ends_at,
        )
        for party in parties
    ]


def _lots(
    lot: ImportedLot,
    numbers: Numbers,
    asset: Asset,
    case: EnforcementCase,
    court: Court,
    valuation: Valuation,
    report: AppraisalReport,
    survey: Survey,
    lines: list[SurveyLine],
    parties: list[Party],
    now: datetime,
) -> tuple[list[Lot], Lot]:
    assert valuation.valid_until is not None
    assert valuation.reuse_until is not None
    price = ReferencePrice(
        valuation.id,
        lot.valuation_fen,
        ValuationMethod.APPRAISAL,
        day_in_court(now),
        valuation.valid_until,
        valuation.reuse_until,
        f"{report.firm} {report.report_no}",
    )
    disclosure = msgspec.structs.replace(
        propose_disclosure(asset, case, court, price, survey, lines, parties),
        no_surplus="surplus",
        restored=lot.restored,
        other=lot.note,
    )
    stored = to_stored(disclosure)
    tokens = [lot_tokens(number, asset, case.case_no, court.name) for number in numbers.lots]
    rows: list[Lot] = []
    runs = _runs(lot)
    for index, (round_, rerun, start_fen) in enumerate(runs):
        rows.append(
            Lot(
                id=new_id(),
                lot_no=numbers.lots[index],
                asset_id=asset.id,
                case_id=case.id,
                court_code=court.code,
                valuation_id=valuation.id,
                previous_lot_id=rows[-1].id if rows else None,
                round=round_,
                rerun=rerun,
                state=LotState.DRAFT,
                title=lot.title,
                asset_kind=lot.kind,
                is_movable=lot.kind in MOVABLE_KINDS,
                reference_price_fen=lot.valuation_fen,
                starting_price_fen=start_fen,
                increment_fen=lot.increment_fen,
                deposit_fen=proposed_deposit_fen(start_fen, lot.starting_price_fen, lot.deposit_fen),
                disclosure=stored,
                search_tokens=tokens[index],
                source_key=lot.source_key,
                is_demo=asset.is_demo,
                created_at=now - timedelta(days=30 * (len(runs) - 1 - index)),
            )
        )
    *earlier, draft = rows
    for place, run in enumerate(earlier):
        _end_run(run, now - timedelta(days=30 * (len(earlier) - place)), defaulted=bool(lot.rerun))
    draft.starts_at, draft.scheduled_end_at = proposed_times(now + timedelta(days=4), draft, legal())
    draft.deposit_fen = lot.deposit_fen
    return earlier, draft


def _runs(lot: ImportedLot) -> list[tuple[Round, int, int]]:
    """(round, repetition, starting price) of every run up to the imported one, oldest first."""
    start = lot.starting_price_fen
    if lot.round is Round.FIRST:
        return [(Round.FIRST, number, start) for number in range(lot.rerun + 1)]
    first = (Round.FIRST, 0, lot.previous_start_fen or start)
    second = (Round.SECOND, 0, start)
    return [first, second] if lot.round is Round.SECOND else [first, second, (Round.SELL_OFF, 0, start)]


def _end_run(run: Lot, ended_at: datetime, *, defaulted: bool) -> None:
    run.state = LotState.DEFAULTED if defaulted else LotState.FAILED
    run.scheduled_end_at = run.ended_at = ended_at
    run.starts_at = ended_at - timedelta(days=1)
    run.published_at = ended_at - timedelta(days=32)
    run.ended_reason = "default" if defaulted else "no_bid"


def _decision(lot: ImportedLot, draft: Lot, asset: Asset, now: datetime, today: date) -> PanelDecision:
    return PanelDecision(
        id=new_id(),
        asset_id=asset.id,
        lot_id=draft.id,
        round=lot.round,
        starting_price_fen=draft.starting_price_fen,
        increment_fen=draft.increment_fen,
        deposit_fen=draft.deposit_fen,
        members=["审判长", "审判员甲", "审判员乙"],
        minutes="随导入登记：合议庭一致同意起拍价、增价幅度和保证金。",
        decided_on=today - timedelta(days=NOTIFIED_AGO + 1),
        created_at=now,
    )
