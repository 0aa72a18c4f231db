"""Statistics: numbers in, numbers out, with no text, charts or files."""
