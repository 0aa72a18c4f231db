"""The workbench: explore an indicator by one call for each view, or by controls in a notebook."""
