"""Courts, teams, cases, assets and their seals, surveys, and the transfer of disposal rights."""
