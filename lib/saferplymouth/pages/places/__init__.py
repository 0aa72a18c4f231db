"""The pages on where it happens: neighbourhoods, and the districts of the force beside each
other.
"""
