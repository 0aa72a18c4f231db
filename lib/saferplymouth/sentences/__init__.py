"""Numbers to sentences, ranked."""
