"""Workbooks sent out: which goes to whom, by which way, encrypted, once, and on record."""
