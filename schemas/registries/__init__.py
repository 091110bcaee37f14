"""One module a registry: what its export looks like. Each defines ``REGISTRY``; nothing else has to be told about it."""
