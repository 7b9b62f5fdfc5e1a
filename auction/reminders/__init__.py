"""Who follows a lot, and the reminders before its bidding starts."""
