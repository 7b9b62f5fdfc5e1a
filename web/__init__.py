"""The outside face: pages, API, live streams, command line and process entry points."""
