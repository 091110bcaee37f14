"""A synthetic county in the systems' own formats, with its truth beside it. All persons are made up."""

PROFILES = ("standard", "other", "spread")  # of faults: pipelines/demo/typing_faults.py
