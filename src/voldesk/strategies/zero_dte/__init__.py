"""The 0DTE trader: what a chain offers today, by named terms, and how it is bought."""
