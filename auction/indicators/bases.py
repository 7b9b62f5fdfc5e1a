"""The rows that indicators count, one query per kind: a raw row of the product with its court, its team and what is asked of it.

Every base reads the subjects `:subjects` and nothing else, so that what a refresh costs follows from what has changed. `fact_sql`
joins a base with all parts that count on it: one statement per base finds the facts of every indicator.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from auction.indicators.definitions import INDICATORS, Indicator, Part

ZONE = "Asia/Shanghai"


def day_of(moment: str) -> str:
    """SQL: the court's day of a moment."""
    return f"CAST(({moment}) AT TIME ZONE '{ZONE}' AS date)"


def month_of(moment: str) -> str:
    """SQL: the first day of the court's month of a moment."""
    return f"CAST(date_trunc('month', ({moment}) AT TIME ZONE '{ZONE}') AS date)"


@dataclass(frozen=True, slots=True)
class Base:
    """`subject`: the kind of subject a change names. `rows`: the query; it yields subject_id, court_code, team_id and what the
    parts use. `looks`: SQL for when time alone changes a subject's facts next (subject_id, due_at), if ever."""

    subject: str
    rows: str
    looks: str = ""


SEALED_ON = """
    (SELECT min(coalesce(seal.effective_on, seal.registered_on)) FROM seal
      WHERE seal.asset_id = {asset} AND (seal.effective_on IS NOT NULL OR seal.state = 'effective'))
"""
"""The day from which the asset could be disposed of."""

RUN = """
    SELECT lot.id AS subject_id, lot.court_code, lot.team_id, lot.state, lot.round, lot.ended_at, lot.published_at,
           lot.starting_price_fen, lot.final_price_fen, lot.reference_price_fen,
           sale.state AS sale_state, sale.price_fen, sale.ruling_issued_at, sale.ruling_served_at, sale.delivered_at,
           ruling.due_at AS ruling_due_at, delivery.due_at AS delivery_due_at,
           (SELECT count(*) FROM registration AS entry
             WHERE entry.lot_id = lot.id AND entry.state = 'qualified') AS bidders
      FROM lot
      LEFT JOIN settlement AS sale ON sale.lot_id = lot.id
      LEFT JOIN LATERAL (SELECT due_at FROM deadline
             WHERE deadline.lot_id = lot.id AND deadline.rule = 'L-19' AND deadline.subject_kind = 'lot'
               AND deadline.state NOT IN ('waived', 'paused') ORDER BY started_at DESC LIMIT 1) AS ruling ON TRUE
      LEFT JOIN LATERAL (SELECT due_at FROM deadline
             WHERE deadline.lot_id = lot.id AND deadline.rule = 'L-21' AND deadline.subject_kind = 'lot'
               AND deadline.state NOT IN ('waived', 'paused') ORDER BY started_at DESC LIMIT 1) AS delivery ON TRUE
     WHERE lot.id = ANY(:subjects) AND NOT lot.is_practice
"""
RUN_LOOKS = """
    SELECT deadline.lot_id AS subject_id, min(deadline.due_at) AS due_at FROM deadline
     WHERE deadline.lot_id = ANY(:subjects) AND deadline.rule IN ('L-19', 'L-21')
       AND deadline.state = 'running' AND deadline.due_at > :now
     GROUP BY deadline.lot_id
"""

CYCLE = f"""
    WITH sold AS (
        SELECT lot.id, lot.asset_id, lot.court_code, lot.team_id, sale.ruling_served_at AS served_at,
               valuation.started_at AS valued_from,
               CAST({SEALED_ON.format(asset="lot.asset_id")} AS timestamp) AT TIME ZONE '{ZONE}' AS sealed_from
          FROM lot JOIN settlement AS sale ON sale.lot_id = lot.id
          LEFT JOIN valuation ON valuation.id = lot.valuation_id
         WHERE lot.id = ANY(:subjects) AND lot.state = 'sold' AND NOT lot.is_practice
           AND sale.ruling_served_at IS NOT NULL
    ), counted AS (
        SELECT sold.*, start.basis, start.at AS started_at FROM sold
         CROSS JOIN LATERAL (VALUES ('valuation', sold.valued_from), ('seal', sold.sealed_from)) AS start(basis, at)
         WHERE start.at < sold.served_at
    ), edges AS (
        SELECT counted.*, move.court_code AS held_by, move.until FROM counted
         CROSS JOIN LATERAL (
            SELECT details ->> 'before' AS court_code, recorded_at AS until FROM audit_event
             WHERE audit_event.asset_id = counted.asset_id AND event = 'asset.court_changed'
               AND recorded_at > counted.started_at AND recorded_at < counted.served_at
            UNION ALL SELECT counted.court_code, counted.served_at) AS move
    ), spans AS (
        SELECT edges.*, tstzrange(
                   coalesce(lag(until) OVER (PARTITION BY id, basis ORDER BY until), started_at), until) AS span
          FROM edges
    )
    SELECT spans.id AS subject_id, spans.held_by AS court_code,
           CASE WHEN spans.held_by = spans.court_code THEN spans.team_id END AS team_id, spans.served_at, spans.basis,
           CAST(round(extract(epoch FROM sum(
               upper(spans.span) - lower(spans.span) - coalesce(stopped.length, INTERVAL '0'))) / 86400) AS bigint)
               AS held_days
      FROM spans
      LEFT JOIN LATERAL (
            SELECT sum(upper(piece) - lower(piece)) AS length
              FROM unnest((SELECT range_agg(tstzrange(stay.ordered_at, stay.ended_at))
                             FROM lot_stay AS stay JOIN lot ON lot.id = stay.lot_id
                            WHERE lot.asset_id = spans.asset_id AND stay.ended_at > stay.ordered_at)
                          * tstzmultirange(spans.span)) AS piece) AS stopped ON TRUE
     GROUP BY spans.id, spans.held_by, spans.court_code, spans.team_id, spans.served_at, spans.basis
"""  # noqa: S608

ENDING = """
    SELECT asset.id AS subject_id, ending.court_code, ending.team_id, ending.how, ending.ended_at
      FROM asset
      CROSS JOIN LATERAL (
        SELECT offer.court_code, lot.team_id, 'in_kind' AS how, offer.served_at AS ended_at, 1 AS place
          FROM in_kind_offer AS offer JOIN lot ON lot.id = offer.lot_id
         WHERE offer.asset_id = asset.id AND offer.state = 'served' AND offer.served_at IS NOT NULL
        UNION ALL
        SELECT newest.court_code, newest.team_id, CASE newest.state WHEN 'sold' THEN 'sold' ELSE 'unsold' END,
               newest.ended_at, 2
          FROM (SELECT * FROM lot WHERE NOT lot.is_practice AND lot.id IN (
                       SELECT own.id FROM lot AS own WHERE own.asset_id = asset.id
                       UNION ALL SELECT part.lot_id FROM lot_part AS part WHERE part.asset_id = asset.id)
                 ORDER BY created_at DESC, id DESC LIMIT 1) AS newest
         WHERE newest.state IN ('sold', 'selloff_failed')
        ORDER BY place, ended_at DESC LIMIT 1) AS ending
     WHERE asset.id = ANY(:subjects)
"""

PRICING = f"""
    SELECT asset.id AS subject_id, CASE WHEN moved.court_code IS NULL THEN asset.team_id END AS team_id,
           coalesce(moved.court_code, asset.court_code) AS court_code,
           step.started_at, step.fixed_at, step.first_notice_at, step.is_first,
           {day_of("step.started_at")} AS started_on, {day_of("step.fixed_at")} AS fixed_on,
           {day_of("step.first_notice_at")} AS first_notice_on,
           greatest(taken.since, {SEALED_ON.format(asset="asset.id")}) AS sealed_on
      FROM asset
      JOIN LATERAL (
        SELECT valuation.started_at, valuation.fixed_at,
               row_number() OVER (ORDER BY valuation.started_at, valuation.id) = 1 AS is_first,
               (SELECT min(lot.published_at) FROM lot
                 WHERE lot.valuation_id = valuation.id AND NOT lot.is_practice) AS first_notice_at
          FROM valuation WHERE valuation.asset_id = asset.id AND valuation.reissue_of IS NULL) AS step ON TRUE
      LEFT JOIN LATERAL (
        SELECT details ->> 'before' AS court_code FROM audit_event
         WHERE audit_event.asset_id = asset.id AND event = 'asset.court_changed' AND recorded_at > step.started_at
         ORDER BY recorded_at LIMIT 1) AS moved ON TRUE
      LEFT JOIN LATERAL (
        SELECT max({day_of("recorded_at")}) AS since FROM audit_event
         WHERE audit_event.asset_id = asset.id AND event = 'asset.court_changed'
           AND recorded_at <= step.started_at) AS taken ON TRUE
     WHERE asset.id = ANY(:subjects)
"""  # noqa: S608

BREACHABLE = "('L-01', 'L-08', 'L-13', 'L-23', 'L-24')"
OVER = "('delivered', 'closed', 'transferred_out', 'unsold_released', 'withdrawn', 'other_measure')"

OVERDUE = f"""
    SELECT DISTINCT asset.id AS subject_id, clock.owner_court AS court_code,
           CASE WHEN clock.owner_court = asset.court_code THEN asset.team_id END AS team_id,
           greatest(month.first AT TIME ZONE '{ZONE}', min(clock.breached_at) OVER (
               PARTITION BY asset.id, clock.owner_court, month.first)) AS overdue_at
      FROM asset
      JOIN deadline AS clock ON clock.asset_id = asset.id AND clock.rule IN {BREACHABLE}
                            AND clock.breached_at IS NOT NULL AND clock.owner_court IS NOT NULL
      CROSS JOIN LATERAL (SELECT greatest(clock.breached_at, coalesce(clock.done_at,
             CASE WHEN asset.state IN {OVER} THEN coalesce((SELECT max(lot.ended_at) FROM lot
                   WHERE lot.asset_id = asset.id AND NOT lot.is_practice), clock.breached_at) END,
             CAST(:now AS timestamptz))) AS at) AS until
      CROSS JOIN LATERAL generate_series(date_trunc('month', clock.breached_at AT TIME ZONE '{ZONE}'),
             date_trunc('month', until.at AT TIME ZONE '{ZONE}'), INTERVAL '1 month') AS month(first)
     WHERE asset.id = ANY(:subjects)
"""  # noqa: S608
OVERDUE_LOOKS = f"""
    SELECT DISTINCT asset.id AS subject_id,
           (date_trunc('month', CAST(:now AS timestamptz) AT TIME ZONE '{ZONE}') + INTERVAL '1 month')
               AT TIME ZONE '{ZONE}' AS due_at
      FROM asset JOIN deadline AS clock ON clock.asset_id = asset.id AND clock.rule IN {BREACHABLE}
     WHERE asset.id = ANY(:subjects) AND clock.breached_at IS NOT NULL AND clock.done_at IS NULL
       AND asset.state NOT IN {OVER}
"""  # noqa: S608

LETTER = """
    SELECT letter.id AS subject_id, letter.first_court_code AS court_code, CAST(NULL AS uuid) AS team_id,
           letter.answered_at, letter.answer_due_at, letter.refusal_code
      FROM transfer_request AS letter WHERE letter.id = ANY(:subjects) AND letter.state <> 'recalled'
"""
LETTER_LOOKS = """
    SELECT letter.id AS subject_id, letter.answer_due_at AS due_at FROM transfer_request AS letter
     WHERE letter.id = ANY(:subjects) AND letter.answered_at IS NULL AND letter.answer_due_at > :now
       AND letter.state <> 'recalled'
"""

ERRAND = """
    SELECT instruction.id AS subject_id, instruction.to_court AS court_code, CAST(NULL AS uuid) AS team_id,
           instruction.state, instruction.closed_at, instruction.signed_in_at, instruction.times_overdue,
           CAST(floor(extract(epoch FROM instruction.signed_in_at - instruction.sent_at) / 60) AS bigint)
               AS signed_in_minutes
      FROM instruction WHERE instruction.id = ANY(:subjects) AND instruction.sent_at IS NOT NULL
"""

DISPUTE = """
    SELECT objection.id AS subject_id, objection.act_court AS court_code, CAST(NULL AS uuid) AS team_id,
           objection.submitted_at, objection.final_at, objection.lot_id, objection.outcome
      FROM objection WHERE objection.id = ANY(:subjects)
"""

SURVEY = f"""
    SELECT survey.id AS subject_id, asset.court_code, asset.team_id,
           CAST(survey.surveyed_on AS timestamp) AT TIME ZONE '{ZONE}' AS surveyed_at, items.required, items.filled
      FROM survey JOIN asset ON asset.id = survey.asset_id
      CROSS JOIN LATERAL (
        SELECT count(*) AS required, count(line.id) AS filled
          FROM unnest(CAST(:items AS text[]), CAST(:item_kinds AS text[]), CAST(:item_ifs AS text[]))
                   AS item(code, kinds, only_if)
          LEFT JOIN survey_line AS line ON line.survey_id = survey.id AND line.item = item.code
               AND line.finding <> '' AND line.evidence_ref <> ''
         WHERE asset.kind = ANY(string_to_array(item.kinds, ','))
           AND (item.only_if = '' OR coalesce(asset.attributes ->> item.only_if, '') NOT IN ('', 'false', '0')))
        AS items
     WHERE survey.id = ANY(:subjects) AND items.required > 0
"""  # noqa: S608

CONCLUSION = """
    SELECT ending.case_id AS subject_id, ending.court_code, CAST(NULL AS uuid) AS team_id, ending.decided_at, ending.way,
           ending.had_property, ending.applied_fen, ending.realised_fen, ended.course
      FROM case_conclusion AS ending JOIN enforcement_case AS ended ON ended.id = ending.case_id
     WHERE ending.case_id = ANY(:subjects) AND ending.state IN ('concluded', 'resumed')
"""

COMPLAINT = f"""
    SELECT complaint.id AS subject_id, complaint.court_code, lot.team_id,
           CAST(complaint.received_on AS timestamp) AT TIME ZONE '{ZONE}' AS received_at
      FROM complaint LEFT JOIN lot ON lot.id = complaint.lot_id
     WHERE complaint.id = ANY(:subjects)
"""  # noqa: S608

PAYOUT = f"""
    SELECT file.id AS subject_id, file.court_code, lot.team_id, file.paid_out_at,
           {day_of("file.paid_out_at")} - {day_of("file.arrived_at")} AS payout_days, clock.due_at AS payout_due_at
      FROM proceeds AS file LEFT JOIN lot ON lot.id = file.lot_id
      LEFT JOIN LATERAL (SELECT due_at FROM deadline
             WHERE deadline.asset_id = file.asset_id AND deadline.subject_kind = 'proceeds'
               AND deadline.subject_id = file.id AND deadline.rule IN ('L-33', 'L-34')
               AND deadline.state NOT IN ('waived', 'paused') ORDER BY started_at DESC LIMIT 1) AS clock ON TRUE
     WHERE file.id = ANY(:subjects) AND file.state <> 'revoked'
"""  # noqa: S608
PAYOUT_LOOKS = """
    SELECT file.id AS subject_id, min(deadline.due_at) AS due_at
      FROM proceeds AS file JOIN deadline ON deadline.asset_id = file.asset_id AND deadline.subject_kind = 'proceeds'
       AND deadline.subject_id = file.id
     WHERE file.id = ANY(:subjects) AND deadline.rule IN ('L-33', 'L-34')
       AND deadline.state = 'running' AND deadline.due_at > :now
     GROUP BY file.id
"""

BASES: dict[str, Base] = {
    "run": Base("lot", RUN, RUN_LOOKS),
    "cycle": Base("lot", CYCLE),
    "ending": Base("asset", ENDING),
    "pricing": Base("asset", PRICING),
    "overdue": Base("asset", OVERDUE, OVERDUE_LOOKS),
    "letter": Base("transfer", LETTER, LETTER_LOOKS),
    "errand": Base("instruction", ERRAND),
    "dispute": Base("objection", DISPUTE),
    "survey": Base("survey", SURVEY),
    "conclusion": Base("case", CONCLUSION),
    "complaint": Base("complaint", COMPLAINT),
    "payout": Base("proceeds", PAYOUT, PAYOUT_LOOKS),
}
SUBJECTS: tuple[str, ...] = tuple(dict.fromkeys(base.subject for base in BASES.values()))
"""The kinds of subjects that changes name, as the triggers write them (migrations/sql/085_indicators.sql)."""


def parts_of(base: str) -> Iterator[tuple[Indicator, Part]]:
    """What counts on a base."""
    for indicator in INDICATORS:
        yield from ((indicator, part) for part in indicator.parts if part.base == base)


def fact_sql(base: str) -> str:
    """One query for the facts of every indicator on a base: indicator, subject_id, court_code, team_id, at, month, numerator,
    denominator."""
    values = ",\n".join(
        f"('{indicator.code}', CAST({part.at} AS timestamptz), {part.counts}, "
        f"CAST({part.numerator} AS bigint), CAST({part.denominator} AS bigint))"
        for indicator, part in parts_of(base)
    )
    return (
        "SELECT fact.indicator, raw.subject_id, raw.court_code, raw.team_id, fact.at, "
        f"{month_of('fact.at')} AS month, fact.numerator, fact.denominator\n"
        f"FROM ({BASES[base].rows}) AS raw\n"
        f"CROSS JOIN LATERAL (VALUES {values}) AS fact(indicator, at, counts, numerator, denominator)\n"
        "WHERE fact.counts AND fact.at IS NOT NULL"
    )
