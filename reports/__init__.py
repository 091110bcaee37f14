"""Workbooks and weekly reports for the townships and the county, made from the published tables alone."""

from reports.weekly import write_weekly
from reports.workbooks import write_workbooks

__all__ = ["write_weekly", "write_workbooks"]
