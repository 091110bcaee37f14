"""Workbooks for the townships and the county, made from the published tables alone."""

from reports.workbooks import write_workbooks

__all__ = ["write_workbooks"]
