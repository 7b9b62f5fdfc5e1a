"""Write the rows of an asset file in one transaction (see `import_file`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from core.database import Work
from core.errors import DisposalError, InvalidInput
from core.i18n import Message, msg
from core.identity import Permission, require
from disposal_teams.assets.import_file import AssetRow, Problem
from disposal_teams.assets.models import Asset
from disposal_teams.assets.register import register_asset
from disposal_teams.assets.seal import record_seal
from disposal_teams.cases.models import EnforcementCase, PartyRole
from disposal_teams.cases.register import add_party, register_case

CHUNK = 5_000
_FIELD_COLUMNS = {"claim_fen": "claim_yuan", "registered_on": "sealed_on", "name": "applicant"}


class ImportRefused(Exception):
    """Some rows cannot be taken: the caller's transaction must be rolled back. `problems` lists all of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    created: int
    unchanged: int
    cases: int


async def import_assets(work: Work, rows: Sequence[AssetRow]) -> Imported:
    """Register every row that is not there yet (by `source_key`). Raises `ImportRefused` with every bad row."""
    require(work.actor, Permission.IMPORT_RECORDS)
    problems: list[Problem] = []
    known = await _known_assets(work, rows)
    cases = await _known_cases(work, rows)
    created = unchanged = new_cases = 0
    for row in rows:
        there = known.get(row.source_key)
        if there is not None:
            unchanged += 1
            if there != row.title:
                problems.append(
                    Problem(
                        row.row,
                        "source_key",
                        msg("该来源编号已用于“{title}”，请更换编号或核对名称。", title=there),
                    )
                )
            continue
        try:
            case = cases.get(row.case_no)
            if case is None:
                case = cases[row.case_no] = await _new_case(work, row)
                new_cases += 1
            await _new_asset(work, row, case)
            created += 1
        except InvalidInput as error:
            problems.extend(_by_field(row, error))
        except DisposalError as error:
            problems.append(Problem(row.row, "", error.message))
    if problems:
        raise ImportRefused(problems)
    return Imported(created, unchanged, new_cases)


async def _new_case(work: Work, row: AssetRow) -> EnforcementCase:
    case = await register_case(
        work, case_no=row.case_no, filed_on=row.filed_on, cause=row.cause, claim_fen=row.claim_fen
    )
    for name, role in ((row.applicant, PartyRole.APPLICANT), (row.debtor, PartyRole.DEBTOR)):
        if name:
            is_person = len(name) <= 4
            await add_party(work, case, role=role, name=name, is_natural_person=is_person)
    return case


async def _new_asset(work: Work, row: AssetRow, case: EnforcementCase) -> None:
    asset = await register_asset(
        work,
        case=case,
        kind=row.kind,
        title=row.title,
        location=row.location,
        district=row.district,
        registry_no=row.registry_no or None,
        owner_name=row.owner_name,
        area_m2=row.area_m2,
        source_key=row.source_key,
    )
    if row.sealed_on is not None:
        await record_seal(
            work,
            asset,
            case_no=row.case_no,
            registered_on=row.sealed_on,
            expires_on=row.seal_until,
            kind=row.seal_kind,
            claim_fen=row.claim_fen,
            creditor_name=row.applicant,
        )


async def _known_assets(work: Work, rows: Sequence[AssetRow]) -> dict[str, str]:
    known: dict[str, str] = {}
    keys = [row.source_key for row in rows]
    for start in range(0, len(keys), CHUNK):
        found = await work.session.exec(
            select(Asset.source_key, Asset.title).where(
                col(Asset.source_key).in_(keys[start : start + CHUNK])
            )
        )
        known.update({key: title for key, title in found if key is not None})
    return known


async def _known_cases(work: Work, rows: Sequence[AssetRow]) -> dict[str, EnforcementCase]:
    known: dict[str, EnforcementCase] = {}
    numbers = sorted({row.case_no for row in rows})
    for start in range(0, len(numbers), CHUNK):
        found = await work.session.exec(
            select(EnforcementCase).where(col(EnforcementCase.case_no).in_(numbers[start : start + CHUNK]))
        )
        known.update({case.case_no: case for case in found})
    return known


def _by_field(row: AssetRow, error: InvalidInput) -> list[Problem]:
    fields: dict[str, Message] = error.fields or {"": error.message}
    return [Problem(row.row, _FIELD_COLUMNS.get(field, field), message) for field, message in fields.items()]
