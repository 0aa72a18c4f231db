"""Builds editions: plans them, runs their notebooks, makes and checks the pages, puts them in
place.
"""
