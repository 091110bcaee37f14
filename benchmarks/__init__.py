"""Measurements kept with the code: run as ``python -m benchmarks.<name>``."""
