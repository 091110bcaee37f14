"""Questions to the published tables: why, since when, how many."""
