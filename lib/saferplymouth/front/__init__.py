"""The front pages: the decisions wanted, the state of everything, the month and the quarter."""
