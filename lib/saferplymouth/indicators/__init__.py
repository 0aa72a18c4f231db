"""All there is to say of an indicator: the evidence on it, its findings ranked, and the
commentary.
"""
