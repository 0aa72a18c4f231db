"""What a notebook imports: an indicator's section, an area's report, the board, the papers, places,
data quality.
"""
