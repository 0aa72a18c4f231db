"""Numbers to charts and tables, each with its words."""
