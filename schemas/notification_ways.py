"""Which ways to notify, as ``notification.urls`` has them, can be gone."""

from collections.abc import Sequence


def unknown_ways(urls: Sequence[str]) -> list[int]:
    """Which of them (from 1) apprise does not know how to go."""
    import apprise  # loads in 0.1 s, and most counties have set none

    return [number for number, url in enumerate(urls, 1) if apprise.Apprise.instantiate(url, suppress_exceptions=True) is None]
