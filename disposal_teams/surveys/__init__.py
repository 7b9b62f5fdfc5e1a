"""The survey (财产现状调查) of an asset, with evidence for every line."""
