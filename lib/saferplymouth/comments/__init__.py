"""Analysts' comments: live figures, the check of what is typed, and saving."""
