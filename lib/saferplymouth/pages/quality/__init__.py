"""The data quality page: sources, cross-checks, and open questions to partners."""
