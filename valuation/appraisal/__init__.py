"""Valuation by appraisal (V-20…V-24): the report, its service on the persons concerned, their objection windows."""
