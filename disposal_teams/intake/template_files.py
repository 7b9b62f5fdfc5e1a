"""The empty files that a court fills in, made from the columns: CSV and XLSX with an explanation beside it. Pure."""

from core.tables import write_csv, write_xlsx
from disposal_teams.intake.columns import COLUMNS, KIND_NAMES, Column
from disposal_teams.intake.models import IntakeKind

_GENERAL = (
    "第一行是列名，请勿改动；列的先后可以调整，选填的列可以删除。",
    "金额默认以元为单位，最多两位小数；单元格里写“12.5万元”，或列名写“债权本金（万元）”，按万元计。",
    "日期写成 2026-01-31 或 2026年1月31日。证件号码、电话、案号所在列须为文本格式。",
    "上传后先逐行检查，列出全部问题；有一处问题，整个文件都不导入。检查通过后由您确认，按检查过的文件导入。",
    "CSV 可用 UTF-8 或 GB18030（GBK）编码；XLSX 读取第一个可见的工作表。一次最多 10 万行、10 MB。",
)


def template_file(kind: IntakeKind, file_type: str) -> bytes:
    """The empty file of that kind as `csv` or `xlsx`."""
    columns = COLUMNS[kind]
    heading = [f"{each.label}*" if each.required else each.label for each in columns]
    if file_type == "csv":
        return write_csv(heading, ())
    explained = [_explain(each) for each in columns]
    explained += [("", "", "", "", "")] + [
        (f"说明 {number}", "", line, "", "") for number, line in enumerate(_GENERAL, 1)
    ]
    return write_xlsx(
        [
            (KIND_NAMES[kind], heading, (), [max(14, 2 * len(each.label) + 4) for each in columns]),
            ("填写说明", ("列名", "是否必填", "说明", "可填内容", "示例"), explained, (16, 10, 60, 40, 34)),
        ]
    )


def _explain(column: Column) -> tuple[str, str, str, str, str]:
    unit = "金额，单位元（或写明万元）。" if column.is_money else ""
    return (
        column.label,
        "必填" if column.required else "",
        f"{column.help}{unit}",
        "、".join(column.choices),
        column.example,
    )
