"""Workbooks and weekly reports for the townships, the county and the offices, made from the published tables alone."""

from reports.offices import write_return, write_returns
from reports.past_night import write_night
from reports.weekly import write_weekly
from reports.workbooks import write_workbooks

__all__ = ["write_night", "write_return", "write_returns", "write_weekly", "write_workbooks"]
