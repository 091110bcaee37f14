"""A synthetic county: exports in the systems' own formats, and beside them what is true. All persons are made up."""

# How often which faults occur (pipelines/demo/typing_faults.py), and what siblings hide of one another (make_county.py).
PROFILES = ("standard", "other", "spread", "hidden")
