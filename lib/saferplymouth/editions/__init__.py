"""Builds editions: plans, runs notebooks, renders and checks pages, and publishes them."""
