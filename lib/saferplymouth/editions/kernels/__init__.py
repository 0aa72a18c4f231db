"""Runs one notebook in a kernel forked from a preloaded process, and reports truthfully how it
ended.
"""
