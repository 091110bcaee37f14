"""The nightly job: its steps in order, its Prefect flow, its schedule."""
