"""A mail server on this machine, as far as smtplib talks to one: what it is sent is kept, what it is told to refuse it refuses."""

import base64
import datetime
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = datetime.timedelta(days=1)


@dataclass
class MailServer:
    """``tls``: tls, starttls or none; ``account``: who may log in, anybody where None; ``refused``: recipients it does not take;
    ``answer``: to a message that is complete. ``letters``: (recipient, message) of what it took; ``connections``: how many there were."""

    tls: str = "none"
    account: tuple[str, str] | None = None
    refused: Collection[str] = ()
    answer: str = "250 ok"
    certificate: Path | None = None
    port: int = 0
    connections: int = 0
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)

    def context(self) -> ssl.SSLContext:
        """The server's side of an encrypted connection."""
        assert self.certificate
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.certificate)
        return made


@contextmanager
def serving(server: MailServer) -> Iterator[MailServer]:
    """The server at work on a free port."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _handler(server)) as listening:
        listening.daemon_threads = True
        server.port = listening.server_address[1]
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()


def make_certificate(path: Path) -> Path:
    """A certificate of this machine with its key, signed by itself, as ``path``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - _DAY).not_valid_after(now + _DAY).add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def _handler(server: MailServer) -> type[socketserver.StreamRequestHandler]:
    class Conversation(socketserver.StreamRequestHandler):
        timeout = 10

        def handle(self) -> None:
            server.connections += 1
            try:
                if server.tls == "tls":
                    self.encrypt()
                self.converse()
            except (OSError, ValueError):  # the other side has gone, or does not trust the certificate
                return

        def encrypt(self) -> None:
            self.connection = server.context().wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

        def say(self, *lines: str) -> None:
            self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

        def converse(self) -> None:
            encrypted, known, to = server.tls == "tls", server.account is None, ""
            self.say("220 ready")
            while line := self.rfile.readline().decode().strip():
                word, _, rest = line.partition(" ")
                match word.upper():
                    case "EHLO":
                        offered = [
                            *(["STARTTLS"] if server.tls == "starttls" and not encrypted else []),
                            *(["AUTH PLAIN"] if server.account else []),
                        ]
                        self.say("250-here", *(f"250-{name}" for name in offered), "250 SIZE 50000000")
                    case "STARTTLS":
                        self.say("220 go")
                        self.encrypt()
                        encrypted = True
                    case "AUTH":
                        _, user, password = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")
                        known = (user, password) == server.account
                        self.say("235 ok" if known else "535 who are you")
                    case "MAIL":
                        self.say("250 ok" if known else "530 who are you")
                    case "RCPT":
                        to = rest.partition("<")[2].partition(">")[0]
                        self.say(f"550 {to} is not here" if to in server.refused else "250 ok")
                    case "DATA":
                        self.say("354 go on")
                        content = bytearray()
                        while (part := self.rfile.readline()) != b".\r\n":
                            content += part.removeprefix(b".")
                        if server.answer.startswith("2"):
                            message = message_from_bytes(bytes(content), policy=policy.default)
                            assert isinstance(message, EmailMessage)
                            server.letters.append((to, message))
                        self.say(server.answer)
                    case "QUIT":
                        self.say("221 bye")
                        return
                    case _:
                        self.say("250 ok")

    return Conversation
