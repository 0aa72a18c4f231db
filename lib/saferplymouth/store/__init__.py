"""What is kept on disk: tables of what was received, and the editions."""
