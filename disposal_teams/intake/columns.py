"""The columns of the two files, as data: the reader, the templates and the pages know them from here."""

from dataclasses import dataclass

from disposal_teams.assets.labels import KIND_LABELS, SEAL_KIND_LABELS
from disposal_teams.cases.labels import PARTY_ROLE_LABELS
from disposal_teams.intake.models import IntakeKind


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its English and Chinese name, whether it must be filled, what goes in, an example, the values it takes.

    `is_money`: in yuan, or in 万元 where the heading or the cell says so. `is_secret`: never shown in a report.
    """

    name: str
    label: str
    help: str
    example: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    is_money: bool = False
    is_secret: bool = False


PERSON, BODY = "自然人", "单位"
YES, NO = "是", "否"

CASE_COLUMNS = (
    Column(
        "case_no",
        "案号",
        "一行一名当事人；同一案件的各行须相邻，案号相同。",
        "（2026）苏0505执123号",
        required=True,
    ),
    Column("filed_on", "立案日期", "每个案件第一行必填。", "2026-01-05"),
    Column("cause", "案由", "每个案件第一行必填，最多 80 字。", "民间借贷纠纷"),
    Column(
        "claim_yuan", "标的额", "案件第一行填写；不填则为申请执行人债权合计。", "1200000.00", is_money=True
    ),
    Column("linked_cases", "关联案号", "案件第一行填写；多个案号用顿号分开。", "（2025）苏0505执保88号"),
    Column("role", "当事人地位", "", "申请执行人", required=True, choices=tuple(PARTY_ROLE_LABELS.values())),
    Column("name", "姓名或名称", "最多 80 字。", "苏州某银行", required=True),
    Column("person_kind", "主体类型", "", BODY, required=True, choices=(PERSON, BODY)),
    Column(
        "identity_number",
        "证件号码",
        "身份证号码或统一社会信用代码。单元格须为文本格式，否则末几位会丢失。",
        "",
        is_secret=True,
    ),
    Column("phone", "电话", "单元格须为文本格式。", ""),
    Column("address", "送达地址", "", "苏州市虎丘区狮山路1号"),
    Column("principal_yuan", "债权本金", "只填债权人的行。", "1000000.00", is_money=True),
    Column("interest_yuan", "一般利息", "只填债权人的行。", "150000.00", is_money=True),
    Column(
        "doubled_interest_yuan", "加倍利息", "迟延履行期间的加倍部分债务利息。", "50000.00", is_money=True
    ),
    Column("rank", "受偿顺位", "1 为最先；不填则未定。", "1"),
)

ASSET_COLUMNS = (
    Column(
        "source_key",
        "来源编号",
        "原系统中的编号，一件财产一个。有多个查封的财产占多行：行相邻、编号相同，其余列可留空。",
        "CK-2026-001",
        required=True,
    ),
    Column("case_no", "案号", "处置所在的案件，财产第一行必填。", "（2026）苏0505执123号"),
    Column("filed_on", "立案日期", "案件尚未登记时必填。", "2026-01-05"),
    Column("cause", "案由", "案件尚未登记时必填。", "民间借贷纠纷"),
    Column("claim_yuan", "标的额", "案件尚未登记时填写。", "1200000.00", is_money=True),
    Column("applicant", "申请执行人", "案件尚未登记时填写；也是首个查封的债权人。", "苏州某银行"),
    Column("debtor", "被执行人", "案件尚未登记时填写。", "王某"),
    Column("kind", "财产类型", "财产第一行必填。", "房产", choices=tuple(KIND_LABELS.values())),
    Column("title", "名称", "财产第一行必填，最多 200 字。", "狮山路1号住宅"),
    Column("location", "坐落", "", "苏州市虎丘区狮山路1号"),
    Column("district", "区县", "", "虎丘区"),
    Column("registry_no", "权证号", "同一权证号只能登记一次。", "苏（2020）苏州市不动产权第0000001号"),
    Column("owner_name", "登记权利人", "", "王某"),
    Column("area_m2", "面积", "平方米，最多两位小数。", "89.50"),
    Column("sealed_on", "查封日期", "各行按登记先后排列，第一行生效，其余轮候。", "2026-02-01"),
    Column("seal_until", "查封到期日", "不填则为法定最长期限（动产 2 年，其余 3 年）。", "2029-02-01"),
    Column(
        "seal_kind", "查封种类", "不填则为执行查封。", "执行查封", choices=tuple(SEAL_KIND_LABELS.values())
    ),
    Column("seal_case_no", "查封案号", "不填则为处置所在的案件。", "（2026）苏0505执123号"),
    Column("seal_creditor", "查封债权人", "不填则为申请执行人。", "苏州某银行"),
    Column("seal_claim_yuan", "查封债权额", "不填则为标的额。", "1200000.00", is_money=True),
    Column(
        "seal_priority", "优先受偿权", "该债权对本财产有抵押等优先受偿权的填“是”。", "是", choices=(YES, NO)
    ),
)

COLUMNS: dict[IntakeKind, tuple[Column, ...]] = {
    IntakeKind.CASES: CASE_COLUMNS,
    IntakeKind.ASSETS: ASSET_COLUMNS,
}
KIND_NAMES: dict[IntakeKind, str] = {IntakeKind.CASES: "案件与当事人", IntakeKind.ASSETS: "财产与查封"}
