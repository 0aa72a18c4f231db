"""What a notebook imports: sections, reports, the board, papers, places, data quality."""
