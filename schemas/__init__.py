"""What each registry and each published table looks like: columns, codes, checks. Declarative."""
