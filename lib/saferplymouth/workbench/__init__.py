"""Every way to look at an indicator, as one call each, and as controls in a notebook."""
