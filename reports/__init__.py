"""Workbooks and weekly reports for the townships, the county and the offices, made from the published tables alone."""
