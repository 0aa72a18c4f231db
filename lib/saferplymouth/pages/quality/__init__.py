"""What the figures rest on, and what is still asked of those who sent them."""
