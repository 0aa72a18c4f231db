"""Numbers to numbers: no text, no charts, no files."""
