"""The courts of one city under dual leadership, and their disposal teams."""
