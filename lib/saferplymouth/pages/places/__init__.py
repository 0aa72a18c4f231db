"""The pages on places: neighbourhoods, and the districts of the police force compared."""
