"""The pages made from the board's papers: commissioning, strategic assessment and duties."""
