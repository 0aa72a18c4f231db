"""Turns figures into charts and tables, each with its text."""
