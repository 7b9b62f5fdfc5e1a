"""Logging in and out, the visitor of a request, request forgery protection."""
