"""Works out what to say about an indicator: evidence, ranked findings and commentary."""
