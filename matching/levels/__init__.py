"""Comparison levels: how well two values of a field agree, one level per pair and one module per kind of field."""
