"""Why something was not delivered, as a code: no text of a library's error, which may quote an address, leaves the ways."""


class NotDelivered(Exception):
    """``reason``: a code of ``schemas.delivery_codes.REASON_NAME``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
