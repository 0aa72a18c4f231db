"""Keeps data on disk: tables of received figures, and the editions."""
