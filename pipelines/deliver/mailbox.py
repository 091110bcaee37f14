"""Mail to the county's server: one connection for all, encrypted, with a time limit; every failure is a code."""

import smtplib
import ssl
from email.message import EmailMessage
from types import TracebackType

from pipelines.deliver.failures import NotDelivered
from schemas.delivery_settings import Mail

_WAIT = 30  # seconds for the server to answer
# This machine, to the server. Its own name may be Chinese, which smtplib cannot send, and asking for it may take long without network.
_THIS_MACHINE = "[127.0.0.1]"
_TOO_LARGE = 552  # RFC 5321: exceeded storage allocation; said of the sender where the message announces its size

_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPServerDisconnected, "no_server"),
    (smtplib.SMTPConnectError, "no_server"),
    (smtplib.SMTPHeloError, "no_server"),
    (smtplib.SMTPAuthenticationError, "login_refused"),
    (smtplib.SMTPRecipientsRefused, "recipient_refused"),
    (smtplib.SMTPSenderRefused, "sender_refused"),
    (smtplib.SMTPException, "mail_refused"),
    (ssl.SSLError, "no_tls"),
    (OSError, "no_server"),
    (UnicodeError, "no_server"),  # a host of whose name no address can be made
)  # fmt: skip


class Mailbox:
    """Sends mail while it is open. A server that cannot be reached, or does not let the county in, is asked once and not again for each
    recipient."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._server: smtplib.SMTP | None = None
        self._closed: str | None = None  # why no connection can be had

    def __enter__(self) -> "Mailbox":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._hang_up()

    def send(self, message: EmailMessage) -> None:
        """Hand the message to the server. Raises NotDelivered; no address is in it."""
        if self._closed:
            raise NotDelivered(self._closed)
        if self._server is None:
            self._server = self._connected()
        try:
            self._server.send_message(message)
        except (OSError, UnicodeError) as error:  # smtplib's own are of the former
            why = _reason(error)
            if why in ("no_server", "no_tls"):
                self._hang_up()
            raise NotDelivered(why) from None

    def _connected(self) -> smtplib.SMTP:
        try:
            return self._greeted()
        except NotDelivered as refused:
            self._closed = refused.reason
        except (OSError, UnicodeError) as error:
            self._closed = _reason(error)
        raise NotDelivered(self._closed)

    def _greeted(self) -> smtplib.SMTP:
        """A connection that is encrypted, and logged in."""
        mail = self._mail
        host, port, context = str(mail.host), mail.port_used, ssl.create_default_context()
        server: smtplib.SMTP
        if mail.tls == "tls":
            server = smtplib.SMTP_SSL(host, port, local_hostname=_THIS_MACHINE, timeout=_WAIT, context=context)
        else:
            server = smtplib.SMTP(host, port, local_hostname=_THIS_MACHINE, timeout=_WAIT)
        try:
            if mail.tls == "starttls":
                _start_tls(server, context)
            if mail.user and mail.password:
                _log_in(server, mail.user, mail.password)
        except BaseException:
            server.close()
            raise
        return server

    def _hang_up(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        try:
            server.quit()
        except (OSError, UnicodeError):
            server.close()


def _start_tls(server: smtplib.SMTP, context: ssl.SSLContext) -> None:
    try:
        server.starttls(context=context)
    except smtplib.SMTPException:  # not offered, or refused
        raise NotDelivered("no_tls") from None


def _log_in(server: smtplib.SMTP, user: str, password: str) -> None:
    try:
        server.login(user, password)
    except smtplib.SMTPException as error:
        why = _reason(error)
        raise NotDelivered("login_refused" if why == "mail_refused" else why) from None  # also where no way to log in is offered


def _reason(error: Exception) -> str:
    codes = [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    if _TOO_LARGE in codes:
        return "mail_refused"
    if any(400 <= code < 500 for code in codes):
        return "mail_later"
    return next(code for kind, code in _REASONS if isinstance(error, kind))
