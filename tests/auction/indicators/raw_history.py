"""Generated histories of ten courts as raw rows, past every use case: what a city leaves in its tables over half a year."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel import SQLModel, select

from auction.complaints.models import Complaint
from auction.in_kind.models import InKindOffer
from auction.listing.models import Lot, LotPart
from auction.proceeds.models import Proceeds
from auction.registration.models import Registration
from auction.settlement.models import Settlement
from auction.suspension.models import Stay
from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines.models import Deadline
from core.ids import new_id
from disposal_teams.assets.models import Asset, AssetKind, Seal
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.conclusions.models import CaseConclusion
from disposal_teams.courts.establish import establish_courts, found_team
from disposal_teams.courts.models import Court
from disposal_teams.instructions.models import Instruction
from disposal_teams.objections.models import Objection
from disposal_teams.surveys.matrix import MATRIX
from disposal_teams.surveys.models import Survey, SurveyLine
from disposal_teams.transfers.models import TransferRequest
from tests.auction.indicators.raw_chance import Chronicle
from tests.auction.indicators.raw_proceeds import raw_proceeds
from valuation.models import Valuation

DAY = timedelta(days=1)
ORDER: tuple[type[SQLModel], ...] = (
    EnforcementCase, Asset, Seal, Survey, SurveyLine, Valuation, Lot, LotPart, Registration, Settlement, Stay, Proceeds, Deadline,
    TransferRequest, Instruction, Objection, InKindOffer, CaseConclusion, Complaint,
)  # fmt: skip
SOLD_LIKE = ("sold", "defaulted", "revoked")


class Historian(Chronicle):
    """Writes raw rows by chance, the same ones for the same seed; `now` is the end of the history."""

    async def begin(self) -> None:
        """The courts, a team in each."""
        await establish_courts(self.work)
        found = await self.work.session.exec(
            select(Court.code).where(Court.level == "basic").order_by(Court.code)
        )
        self.courts = list(found)
        for code in self.courts:
            self.teams[code] = await found_team(self.work, code, f"{code}团队")
        await self.work.session.flush()

    async def write(self) -> None:
        """Write what was kept, in the order of foreign keys."""
        for table in ORDER:
            self.work.session.add_all([row for row in self._rows if isinstance(row, table)])
            await self.work.session.flush()
        self._rows.clear()

    async def live(self, assets: int) -> list[UUID]:
        """The lives of so many assets: seal, survey, valuations, letters, rounds, sale. Returns their ids."""
        made = [await self._asset() for _ in range(assets)]
        await self.write()
        return made

    async def _asset(self) -> UUID:
        n = self.number()
        court = self.chance.choice(self.courts)
        sealed = self.now - timedelta(days=self.days + self.chance.randint(0, 60))
        case = self.add(
            EnforcementCase(
                id=new_id(), case_no=f"（2026）苏{court}执{n}号", court_code=court, filed_on=sealed.date(), cause="借款",
                created_at=sealed,
            )
        )  # fmt: skip
        asset: Asset = self.add(
            Asset(
                id=new_id(), asset_no=f"A{n}", kind=self.chance.choice(list(AssetKind)), title=f"标的{n}", case_id=case.id,
                court_code=court, team_id=self.teams[court].id, created_at=sealed,
                state=self.chance.choice(["valuation", "listed", "closed"]),
                attributes={"is_food": self.maybe(0.3)},
            )
        )  # fmt: skip
        self.add(
            Seal(
                id=new_id(), asset_id=asset.id, position=1, court_code=court, case_no=case.case_no, state="effective",
                registered_on=sealed.date(), expires_on=sealed.date() + 900 * DAY,
                effective_on=sealed.date() if self.maybe(0.7) else None,
            )
        )  # fmt: skip
        self._survey(asset)
        valuation = self._valuation(asset)
        if self.maybe(0.25):
            await self._move(asset, valuation)
        self._rounds(asset, case, valuation)
        self._breaches(asset)
        if self.maybe(0.4):
            self._letter(asset, case)
        if self.maybe(0.4):
            self._errand(case)
        self._endings(case, court)
        self._assets.append(asset.id)
        return asset.id

    def _survey(self, asset: Asset) -> None:
        survey = self.add(
            Survey(
                id=new_id(), asset_id=asset.id, surveyor_names="某人", surveyed_on=self.moment().astimezone(COURT_ZONE).date(),
                created_at=self.now, completed_at=self.now if self.maybe(0.5) else None,
            )
        )  # fmt: skip
        for item in MATRIX:
            if self.maybe(0.6):
                self.add(
                    SurveyLine(
                        id=new_id(), survey_id=survey.id, item=item.code, finding="有", evidence_kind="photo",
                        evidence_ref="1" if self.maybe(0.9) else "", recorded_at=self.now,
                    )
                )  # fmt: skip

    def _valuation(self, asset: Asset) -> Valuation | None:
        if not self.maybe(0.9):
            return None
        started = self.moment()
        fixed = self.moment(started) if self.maybe(0.8) else None
        return self.add(  # type: ignore[no-any-return]
            Valuation(
                id=new_id(), asset_id=asset.id, method="appraisal", state="fixed" if fixed else "appraising",
                started_at=started, fixed_at=fixed, price_fen=100_000_00 if fixed else None,
                valid_until=self.now.date() + 99 * DAY if fixed else None,
            )
        )  # fmt: skip

    async def _move(self, asset: Asset, valuation: Valuation | None) -> None:
        """The disposal right goes to another court, perhaps twice."""
        moments = sorted(
            self.moment(valuation.started_at if valuation and self.maybe(0.7) else None)
            for _ in range(self.chance.randint(1, 2))
        )
        for moment in moments:
            before, after = (
                asset.court_code,
                self.chance.choice([c for c in self.courts if c != asset.court_code]),
            )
            past = Work(self.work.session, self.work.actor, moment, None)
            await record(
                past, "asset.court_changed", stream=f"asset:{asset.id}", rule="T-05", asset_id=asset.id, before=before,
                after=after, flush=False,
            )  # fmt: skip
            asset.court_code, asset.team_id = after, self.teams[after].id

    def _rounds(self, asset: Asset, case: EnforcementCase, valuation: Valuation | None) -> None:
        since = valuation.fixed_at if valuation and valuation.fixed_at else None
        for place, round_ in enumerate(("first", "second", "sell_off")):
            published = self.moment(since)
            ended = self.moment(published)
            is_last = place == 2
            state = self.chance.choices(
                [
                    "sold",
                    "selloff_failed" if is_last else "failed",
                    "defaulted",
                    "revoked",
                    "withdrawn",
                    "bidding",
                ],
                [8, 6, 1, 1, 2, 1],
            )[0]
            price = self.chance.randrange(700_000_00, 1_500_000_00)
            lot = self.add(
                Lot(
                    id=new_id(), lot_no=f"L{self.number()}", asset_id=asset.id, case_id=case.id, court_code=asset.court_code,
                    team_id=asset.team_id if self.maybe(0.8) else None, valuation_id=valuation.id if valuation else None,
                    round=round_, state=state, title="拍品", is_movable=False,
                    reference_price_fen=1_000_000_00 if self.maybe(0.9) else None,
                    starting_price_fen=700_000_00, increment_fen=1_000_00, deposit_fen=70_000_00,
                    published_at=published, ended_at=None if state == "bidding" else ended,
                    final_price_fen=price if state in SOLD_LIKE else None, created_at=published,
                )
            )  # fmt: skip
            entries = [self._entry(lot) for _ in range(self.chance.randint(1, 3))]
            if self.maybe(0.3):
                self._stay(lot, published)
            if self.maybe(0.2):
                self._dispute(asset, case, lot)
            if self._assets and self.maybe(0.15):
                for position, part in enumerate({asset.id, self.chance.choice(self._assets)}, 1):
                    self.add(LotPart(lot_id=lot.id, asset_id=part, position=position, reference_price_fen=1))
            if state in SOLD_LIKE:
                self._sale(lot, entries[0], ended)
            if state in ("sold", "bidding", "revoked", "withdrawn"):
                return
            if state in ("failed", "selloff_failed") and self.maybe(0.15):
                self._in_kind(asset, case, lot)
                return
            since = ended

    def _entry(self, lot: Lot) -> Registration:
        n = self.number()
        return self.add(  # type: ignore[no-any-return]
            Registration(
                id=new_id(), lot_id=lot.id, account_match=f"{n}".encode(), identity_match=b"1", name_match=b"1",
                identity_sealed=b"1", virtual_account_no=f"V{n}", deposit_due_fen=1, rules_accepted_at=self.now,
                created_at=self.now, state=self.chance.choice(["qualified", "qualified", "rejected"]), code=f"{n}",
            )
        )  # fmt: skip

    def _stay(self, lot: Lot, published: datetime) -> None:
        ordered = self.moment(published)
        self.add(
            Stay(
                id=new_id(), lot_id=lot.id, kind="suspension", ground="other", reason="x", approver="x", ordered_at=ordered,
                remaining_ms=1, ended_at=self.moment(ordered) if self.maybe(0.9) else None,
            )
        )  # fmt: skip

    def _sale(self, lot: Lot, entry: Registration, ended: datetime) -> None:
        price = lot.final_price_fen or 0
        paid = self.moment(ended) if lot.state == "sold" and self.maybe(0.9) else None
        issued = self.moment(paid) if paid and self.maybe(0.8) else None
        served = self.moment(issued) if issued and self.maybe(0.8) else None
        delivered = self.moment(served) if served and self.maybe(0.7) else None
        state = {"defaulted": "defaulted", "revoked": "revoked"}.get(lot.state, "await_balance")
        self.add(
            Settlement(
                lot_id=lot.id, registration_id=entry.id, buyer_name="甲", buyer_code="1", price_fen=price,
                deposit_applied_fen=price, balance_fen=0, virtual_account_no=f"S{self.number()}", balance_due_at=ended,
                state="delivered" if delivered else "ruling_served" if served else state,
                paid_full_at=paid, ruling_issued_at=issued, ruling_served_at=served, delivered_at=delivered,
                created_at=ended,
            )
        )  # fmt: skip
        if paid:
            self._clock("L-19", lot, paid, 10, served)
        if served:
            self._clock("L-21", lot, served, 15, delivered)

        if paid:
            for row in raw_proceeds(lot, price, paid, now=self.now):
                self.add(row)

    def _clock(self, rule: str, lot: Lot, started: datetime, days: int, done: datetime | None) -> None:
        due = started + days * DAY
        breached = due if (done or self.now) >= due else None
        self.add(
            Deadline(
                id=new_id(), rule=rule, subject_kind="lot", subject_id=lot.id, lot_id=lot.id, asset_id=lot.asset_id,
                started_at=started, due_at=due, owner_role="case_officer", owner_court=lot.court_code,
                state="breached" if breached else "met" if done else "running", done_at=done, breached_at=breached,
            )
        )  # fmt: skip

    def _breaches(self, asset: Asset) -> None:
        for rule in ("L-01", "L-08", "L-13", "L-30"):
            if not self.maybe(0.3):
                continue
            started = self.moment()
            breached = self.moment(started)
            self.add(
                Deadline(
                    id=new_id(), rule=rule, subject_kind="asset", subject_id=asset.id, asset_id=asset.id, started_at=started,
                    due_at=started + DAY, owner_role="disposal_team", owner_court=asset.court_code, state="breached",
                    breached_at=breached, done_at=self.moment(breached) if self.maybe(0.6) else None,
                )
            )  # fmt: skip

    def _letter(self, asset: Asset, case: EnforcementCase) -> None:
        asked = self.moment()
        answered = self.moment(asked) if self.maybe(0.7) else None
        state = "consented" if answered else self.chance.choice(["requested", "received", "recalled"])
        refused = answered is not None and self.maybe(0.4)
        if state in ("requested", "received") and asset.id in self._asked:
            return
        self._asked.add(asset.id)
        self.add(
            TransferRequest(
                id=new_id(), asset_id=asset.id, first_court_code=asset.court_code,
                requesting_court_code=next(code for code in self.courts if code != asset.court_code),
                requesting_case_id=case.id, requesting_case_no=case.case_no, basis="T-01", state=state, reason="x",
                requested_at=asked, answered_at=answered, answer_due_at=asked + 15 * DAY if self.maybe(0.95) else None,
                refusal_code="other" if refused else None,
            )
        )  # fmt: skip

    def _dispute(self, asset: Asset, case: EnforcementCase, lot: Lot) -> None:
        filed = self.moment()
        outcome = self.chance.choice([None, "founded", "dismissed", "withdrawn"])
        self.add(
            Objection(
                id=new_id(), kind="conduct", capacity="party", state="final" if outcome else "filed", asset_id=asset.id,
                case_id=case.id, lot_id=lot.id, act_court=lot.court_code, court_code=lot.court_code, filer_name="x",
                claim="x", reasons="x", submitted_at=filed, outcome=outcome,
                remedy="correct_act" if outcome == "founded" else None, final_at=self.moment(filed) if outcome else None,
            )
        )  # fmt: skip

    def _in_kind(self, asset: Asset, case: EnforcementCase, lot: Lot) -> None:
        served = self.moment(lot.ended_at) if self.maybe(0.7) else None
        self.add(
            InKindOffer(
                id=new_id(), lot_id=lot.id, asset_id=asset.id, case_id=case.id, court_code=lot.court_code,
                state="served" if served else "declined", price_fen=1, opened_at=lot.ended_at or self.now,
                draw_commitment=b"1", draw_secret_sealed=b"1", draw_source="x", virtual_account_no=f"K{self.number()}",
                served_at=served,
            )
        )  # fmt: skip

    async def stir(self, changes: int) -> None:
        """Change rows by chance as later events do: defaults, revocations, services, answers, ends of clocks and stays."""
        session = self.work.session
        lots = list(await session.exec(select(Lot).where(Lot.state == "sold").order_by(Lot.lot_no)))
        clocks = list(
            await session.exec(select(Deadline).where(Deadline.state == "breached").order_by(Deadline.id))  # type: ignore[arg-type]
        )
        letters = list(await session.exec(select(TransferRequest).order_by(TransferRequest.id)))  # type: ignore[arg-type]
        errands = list(await session.exec(select(Instruction).order_by(Instruction.number)))
        endings = list(await session.exec(select(CaseConclusion).order_by(CaseConclusion.id)))  # type: ignore[arg-type]
        complaints = list(await session.exec(select(Complaint).order_by(Complaint.ticket_no)))
        for _ in range(changes):
            kind = self.chance.randrange(9)
            if kind == 0 and lots:
                lot = self.chance.choice(lots)
                lot.state = self.chance.choice(["defaulted", "revoked"])
                sale = await session.get(Settlement, lot.id)
                if sale is not None:
                    sale.state = lot.state
            elif kind == 1 and lots:
                sale = await session.get(Settlement, self.chance.choice(lots).id)
                if sale is not None and sale.ruling_served_at is None:
                    sale.ruling_issued_at = sale.ruling_served_at = self.now
            elif kind == 2 and clocks:
                clock = self.chance.choice(clocks)
                clock.done_at = clock.done_at or self.now
            elif kind == 3 and letters:
                letter = self.chance.choice(letters)
                letter.answered_at = letter.answered_at or self.now
                letter.state = "consented"
            elif kind == 7 and endings:
                ending = self.chance.choice(endings)
                if ending.state == "proposed":
                    ending.state, ending.decided_at = "concluded", self.now
                    ending.concluded_on = self.now.astimezone(COURT_ZONE).date()
                elif ending.applied_fen:
                    ending.realised_fen = self.chance.randint(0, ending.applied_fen)
            elif kind == 8 and complaints:
                self.chance.choice(complaints).court_code = self.chance.choice(self.courts)
            elif kind == 5 and lots:
                lot = self.chance.choice(lots)
                lot.team_id = None if lot.team_id else self.teams[lot.court_code].id
            elif kind == 4 and errands:
                errand = self.chance.choice(errands)
                errand.signed_in_at = errand.signed_in_at or self.now
                errand.state = errand.state if errand.state == "closed" else "signed_in"
            else:
                await self._asset()
        await self.write()
        await session.flush()


def utc(year: int, month: int, day: int, hour: int = 4) -> datetime:
    """A moment."""
    return datetime(year, month, day, hour, tzinfo=UTC)
