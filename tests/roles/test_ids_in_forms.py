"""P-03: ids in the body of a form open nothing that the address does not.

Somebody who holds every post of a court that has nothing to do with a matter sends each form filled in as it should be, with the
ids of the other court's rows in every field that takes one: to the other court's addresses, and to the own case and asset.
Nothing of the other court changes, nothing of it is told, and no form takes a foreign id.
"""

import tomllib
from typing import Any

from sqlalchemy import ColumnElement, literal, literal_column, select, union_all
from sqlmodel import SQLModel
from structlog.testing import capture_logs

from core.clock import COURT_ZONE
from core.database import Database
from core.identity import SYSTEM
from disposal_teams.cases.register import register_case
from tests.disposal_teams.city import WUZHONG, acting, make_asset, person
from tests.roles.filled_city import MARK
from tests.roles.form_fields import IDS, FieldRead, fields_of, posts
from tests.roles.test_every_form import ENDS_THE_SESSION, TABLE
from tests.roles.walk import STREAMS, Walk

WHO = "third all"
TABLES: dict[str, str] = {
    "account": "account", "asset": "asset", "asset_id": "asset", "body": "auxiliary_body", "case": "enforcement_case",
    "case_id": "enforcement_case", "conclusion_id": "case_conclusion", "cost": "proceeds_cost", "cover": "asset_photo",
    "debtor": "party", "document": "document", "handler": "account", "inquiry_id": "in_kind_inquiry",
    "instalment": "compromise_instalment", "instruction": "instruction", "item": "dossier_file", "leave_out": "asset",
    "line": "bank_line", "note": "hardship_note", "note_id": "party_notification", "part": "asset", "party": "party",
    "party_id": "party", "payee_of": "payout", "payout": "payout", "photo": "asset_photo", "present": "party",
    "reserve_claim": "distribution_claim", "search": "property_search", "second_officer": "account",
    "service": "plan_service", "service_id": "result_service", "signal": "risk_signal", "stay": "lot_stay",
    "taking": "cash_taking", "target": "distribution_claim", "team": "disposal_team", "team_id": "disposal_team",
    "together": "asset", "wish_id": "sale_wish", "assignee": "account",
}  # fmt: skip
"""Whose row an id in a form is, by the field's name."""
OWN_CASE, OWN_ASSET = "{case_id:uuid}", "{asset_no:str}"
OF_THE_OWN_COURT = {"/finance/balances"}
"""Filled in it is done, for the sender's own court; those that are done with nothing in them stand in `who_may_send.toml`."""


class Forms:
    """The forms filled with another court's ids."""

    def __init__(self, walk: Walk, today: str, moment: str) -> None:
        self._walk, self._today, self._moment = walk, today, moment
        self.unknown: set[str] = set()

    def filled(self, fields: list[FieldRead]) -> dict[str, Any]:
        """A value for each field."""
        return {each.name: self._value(each) for each in fields}

    def _value(self, field: FieldRead) -> Any:
        rows = self._walk.city.rows
        if field.how in IDS:
            table = TABLES.get(field.name) or ("appraisal_firm" if field.name.startswith("firm_") else None)
            if table is None or table not in rows:
                self.unknown.add(field.name)
                return ""
            return str(rows[table].get("id") or next(iter(rows[table].values())))
        if field.how == "choice":
            return field.first
        if field.name in ("asset_no", "asset", "lot_no", "lot"):
            kind = "asset" if "asset" in field.name else "lot"
            return rows[kind][f"{kind}_no"]
        if field.name in ("case_no", "linked_case_no"):
            return rows["enforcement_case"]["case_no"]
        plain = {
            "yuan": "100",
            "integer": "1",
            "percent": "10",
            "flag": "1",
            "day": self._today,
            "moment": self._moment,
        }
        return plain.get(field.how, "依法核查后记录")


async def standing(database: Database, walk: Walk) -> dict[str, str]:
    """The version of the other court's row of each table, as the database counts them."""
    parts = []
    for name, row in sorted(walk.city.rows.items()):
        table = SQLModel.metadata.tables[name]
        keys = list(table.primary_key)
        version: ColumnElement[str] = literal_column(f'"{name}".xmin::text')
        parts.append(
            select(literal(name).label("name"), version.label("version"))
            .select_from(table)
            .where(*(key == row[key.name] for key in keys))
        )
    async with database.read(SYSTEM) as work:
        return {row.name: row.version for row in await work.session.execute(union_all(*parts))}


async def test_P03_a_filled_form_with_ids_of_another_court_does_nothing_there_and_tells_nothing(
    walk: Walk, database: Database
) -> None:
    async with database.begin(SYSTEM) as work:
        own = acting(work, person(WUZHONG))
        case = await register_case(
            own, case_no="（2026）苏0506执77号", filed_on=work.now.date(), cause="借贷"
        )
        asset = await make_asset(work, case)
        today, moment = (
            work.now.astimezone(COURT_ZONE).date().isoformat(),
            f"{work.now.astimezone(COURT_ZONE):%Y-%m-%dT%H:%M}",
        )
        ours = {OWN_CASE: str(case.id), OWN_ASSET: asset.asset_no}
    table = tomllib.loads(TABLE.read_text())["routes"]
    anybodys = OF_THE_OWN_COURT | {path for path, who in table.items() if WHO in who}
    forms, faults = Forms(walk, today, moment), list[str]()
    before, sent = await standing(database, walk), 0
    for path, function in posts(walk.app):
        if path in ENDS_THE_SESSION or STREAMS.search(path):
            continue
        fields = fields_of(function)
        typed = forms.filled(fields)
        takes_ids = any(each.how in IDS for each in fields)
        addresses = {walk.address(path): True}
        for place, value in ours.items():
            if place in path and path.startswith("/team/"):
                addresses[walk.address(path.replace(place, value))] = False
        for address, is_foreign in addresses.items():
            with capture_logs() as logs:
                answer = await walk.client.post(
                    address, headers=walk.programs[WHO], data=typed, follow_redirects=False
                )
            sent += 1
            done = answer.is_success or answer.is_redirect
            if done and (takes_ids or (is_foreign and path not in anybodys)):
                faults.append(f"{path} ({address}) is done with {typed}")
            if answer.status_code >= 500 and answer.status_code != 503:
                faults.append(f"{path} ({address}) breaks: {logs}")
            if MARK in answer.text.replace(address, ""):
                faults.append(f"{path} ({address}) tells {answer.text[:300]}")
            if done or answer.status_code >= 500:
                now = await standing(database, walk)
                changed = sorted(
                    name for name in before.keys() | now.keys() if before.get(name) != now.get(name)
                )
                if changed:
                    faults.append(f"{path} ({address}) changes {changed}")
                before = now
    now = await standing(database, walk)
    assert before == now
    assert sent > 200
    assert not forms.unknown, f"say in TABLES whose row these are: {sorted(forms.unknown)}"
    assert not faults, "\n".join(faults)
