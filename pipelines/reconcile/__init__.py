"""Reconcile: persons, their whereabouts, the discrepancies between registries, the list of unaccounted children."""
