"""Dashboards, scorecards and files."""
