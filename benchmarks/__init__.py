"""Measurements of accuracy, speed and memory; run one as ``python -m benchmarks.<name>``. The figures of the docs come from here."""
