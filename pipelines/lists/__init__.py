"""Any two lists of people an analyst has: read, linked, written."""
