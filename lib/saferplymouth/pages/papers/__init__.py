"""The pages made from the board's papers: commissioning, the strategic assessment and the duties."""
