"""Runs one notebook: a kernel forked from a process that has loaded what they all need, and the
truth about its end.
"""
