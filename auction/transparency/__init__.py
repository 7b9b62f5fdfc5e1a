"""Public verifiability: every lot's head in one Merkle tree, signed checkpoints, proofs, the self-check (B-42, B-47).

For other rooms: `publish_closings.later(...)` when lots have ended. Everything else is found by the workers.
"""
