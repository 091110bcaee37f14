"""The registries, one module each. A module that defines ``REGISTRY`` is found by itself (``schemas.registry.declared``).

docs/formats.md 1 says what is known of each system's export.
"""
