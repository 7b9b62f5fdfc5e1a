"""Listing a lot: the panel's figures, the publish checklist, notices, notifications, rounds."""
