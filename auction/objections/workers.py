"""Registers what a sale does when an objection moves (see `follow`)."""

from auction.objections.follow import follow_objection

__all__ = ["follow_objection"]
