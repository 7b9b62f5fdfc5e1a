"""Traces and settled signals are kept no longer than their purpose needs (`risk_trace_days`); bids are other data (B-42)."""

from datetime import timedelta

from sqlalchemy import text

from core.database import Work
from core.legal_settings import legal


async def forget_old(work: Work) -> int:
    """Delete what has served its time; returns how many rows. What a running lot or an
    open inquiry needs stays, and so does a confirmed signal."""
    before = work.now - timedelta(days=legal().risk_trace_days)
    traces = await work.session.execute(
        text(
            """
            DELETE FROM risk_trace AS trace
             WHERE trace.noted_at < :before AND NOT EXISTS (
                   SELECT FROM registration AS entry
                     JOIN lot_bidding AS bidding ON bidding.lot_id = entry.lot_id
                     LEFT JOIN risk_inquiry AS inquiry
                            ON inquiry.lot_id = entry.lot_id AND inquiry.state IN ('asked', 'approved')
                    WHERE entry.id = coalesce(
                              trace.registration_id,
                              (SELECT paid.id FROM bank_line AS line
                                 JOIN registration AS paid ON paid.virtual_account_no = line.virtual_account_no
                                WHERE line.id = trace.bank_line_id))
                      AND (bidding.phase <> 'closed' OR inquiry.id IS NOT NULL))
            """
        ),
        {"before": before},
    )
    signals = await work.session.execute(
        text(
            """
            DELETE FROM risk_signal
             WHERE found_at < :before AND state <> 'confirmed'
               AND NOT EXISTS (SELECT FROM risk_inquiry WHERE risk_inquiry.id = risk_signal.inquiry_id
                                  AND risk_inquiry.state IN ('asked', 'approved'))
            """
        ),
        {"before": before},
    )
    return traces.rowcount + signals.rowcount  # type: ignore[attr-defined,no-any-return]
