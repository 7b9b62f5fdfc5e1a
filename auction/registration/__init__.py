"""Registration to bid: real name, rules accepted, deposit, qualification, bidder codes."""
