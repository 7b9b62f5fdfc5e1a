"""Two files that the demo city's team handed in: one with faults, whose report can be read, one that waits to be confirmed."""

from collections.abc import Sequence

from core.database import Work
from core.tables import write_csv
from disposal_teams.intake.columns import CASE_COLUMNS
from disposal_teams.intake.hand_in import hand_in_file
from disposal_teams.intake.models import IntakeKind
from web.demo_city.cast import TEAM_COURT, person_at
from web.demo_city.history import City

_CASES = 6


async def hand_in_files(city: City) -> None:
    """Hand in both; a worker examines them as any other."""
    async with city.database.begin(city.bidders[0].actor) as nobody:
        team = Work(nobody.session, await person_at(nobody, "team", TEAM_COURT), nobody.now)
        year = nobody.now.year - 1
        good = [
            row
            for number in range(1, _CASES + 1)
            for row in _case(f"（{year}）苏{TEAM_COURT}执{9000 + number}号", year)
        ]
        bad = [list(row) for row in good]
        bad[0][0] = f"（{year}）苏0505执9001号"
        bad[2][1] = f"{year}年2月30日"
        bad[4][11] = "约五万元"
        bad[5][7] = "自然人或单位"
        for name, rows in (("案件移交清单（有误）.csv", bad), ("案件移交清单.csv", good)):
            content = write_csv([column.label for column in CASE_COLUMNS], rows)
            await hand_in_file(team, kind=IntakeKind.CASES, name=name, content=content, court_code=TEAM_COURT)


def _case(case_no: str, year: int) -> Sequence[Sequence[str]]:
    applicant = (
        case_no, f"{year}-03-02", "买卖合同纠纷", "", "", "申请执行人", "演示某材料公司", "单位", "", "", "",
        "86000.00", "3200.00", "450.00", "1",
    )  # fmt: skip
    debtor = (case_no, "", "", "", "", "被执行人", "演示某加工厂", "单位", "", "", "", "", "", "", "")
    return applicant, debtor
