"""Files of any kind an office sends -> sheets of cells as text. Knows no registry."""
