"""Every yuan, double entry, in integer fen. Entries are never changed; a mistake is answered by its reversal (M-01, M-11)."""

from core.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting
from core.ledger.post import AccountRef, Line, balance, post, reverse
from core.ledger.queries import account_balances, entries_of, trial_balance

__all__ = [
    "AccountKind",
    "AccountRef",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerPosting",
    "Line",
    "account_balances",
    "balance",
    "entries_of",
    "post",
    "reverse",
    "trial_balance",
]
