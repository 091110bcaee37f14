"""A synthetic county: exports in the systems' own formats, and beside them what is true. All persons are made up."""

PROFILES = ("standard", "other", "spread")  # how often which faults occur: pipelines/demo/typing_faults.py
