"""The board's papers as pages: the money, the priorities, and the duties. Each is a paper of a drop
and a notebook.
"""
