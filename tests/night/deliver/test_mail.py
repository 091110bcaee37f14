"""``bidui deliver`` by mail: what a mail brings, and what a server refuses. All persons are made up (虚构)."""

import logging
from pathlib import Path

import pytest

from bidui.cli import main
from pipelines.deliver import letter, mailbox, sender
from pipelines.deliver.deliver import deliver, deliveries
from schemas.delivery_codes import REASON_NAME
from schemas.settings import Settings
from tests.lib.delivery_counties import ADDRESS, PASSWORD, Capture, by_mail, named, opens, settings
from tests.lib.mail_server import MailServer, serving
from tests.lib.sent_books import (
    LISTS,
    WEEKLY,
)


@pytest.mark.parametrize("tls", ["tls", "starttls", "none"])
def test_a_mail_brings_its_recipients_workbooks_encrypted(
    root: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch, tls: str, capsys: Capture, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    account = None if tls == "none" else ("county", "Server-Pass-1")
    with serving(MailServer(tls, account, certificate=certificate)) as server:
        more = 'user = "county"\npassword = "Server-Pass-1"' if account else ""
        settings(root, by_mail(server, "安阳镇", "教育局", more=more))
        assert main(["deliver", "--root", str(root)]) == 1  # 高岭镇 and the county have no recipient
        assert main(["deliver", "--root", str(root)]) == 1
    assert [to for to, _ in server.letters] == [ADDRESS, "other@example.cn"] and server.connections == 1
    _, message = server.letters[0]
    assert message["Subject"] == "安阳镇 控辍保学数据比对结果（2020-04-15）"
    assert message["From"] == "都安县控辍保学 <county@example.cn>" and message["To"] == ADDRESS
    attached = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    assert {name: opens(content) for name, content in attached.items()} == named(LISTS, WEEKLY)
    printed = capsys.readouterr()
    for secret in (PASSWORD, "Server-Pass-1"):
        assert secret not in message.as_string() + printed.out + printed.err + caplog.text
    assert ADDRESS not in printed.out + printed.err + caplog.text


def test_the_mail_says_what_to_do_and_by_when() -> None:
    from datetime import date

    county = Settings.model_validate({"mail": {"host": "localhost", "sender": "county@example.cn"}})
    attached = [
        letter.Attachment("安阳镇_控辍保学核查_20200415.xlsx", "lists", b"x"),
        letter.Attachment("周报.xlsx", "weekly", b"y"),
    ]
    for sent, due in ((date(2020, 4, 15), "4月16日（星期四）"), (date(2020, 4, 16), "4月23日（星期四）")):
        message = letter.letter("安阳镇", ADDRESS, attached, date(2020, 4, 15), sent, county)
        part = message.get_body()
        assert part is not None
        text = part.get_content()
        assert f"逐村核实，填好要填的列，{due}前交回县里" in text and "密码另行告知，不在邮件里" in text
        assert "都安瑶族自治县 2020-04-15 数据比对的结果，共 2 份" in text and "《周报.xlsx》：核对人数" in text


def test_a_refused_recipient_is_named_and_the_others_get_theirs(
    root: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "encrypted", lambda workbook, password: workbook)
    with serving(MailServer(refused=[ADDRESS])) as server:
        settings(root, by_mail(server, "安阳镇", "高岭镇"))
        assert main(["deliver", "--root", str(root)]) == 1
        printed = capsys.readouterr().err
        assert f"安阳镇（邮件，2 份）没有送到：{REASON_NAME['recipient_refused']}" in printed and ADDRESS not in printed
        server.refused = ()
        assert main(["deliver", "--root", str(root)]) == 1
    assert [to for to, _ in server.letters] == ["other@example.cn", ADDRESS]
    rows = [(row.area, row.outcome, row.reason) for row in deliveries(root, areas=["安阳镇"])]
    assert rows == [("安阳镇", "failed", "recipient_refused")] * 2 + [("安阳镇", "sent", None)] * 2


@pytest.mark.parametrize(
    ("server", "setting", "reason"),
    [
        (MailServer(answer="552 too large"), {}, "mail_refused"),
        (MailServer(answer="554 no"), {}, "mail_refused"),
        (MailServer(answer="451 later"), {}, "mail_later"),
        (MailServer(account=("county", "Server-Pass-1")), {"user": "county", "password": "wrong"}, "login_refused"),
        (MailServer(account=("county", "Server-Pass-1")), {}, "sender_refused"),
        (MailServer(), {"user": "county", "password": "wrong"}, "login_refused"),  # no way to log in is offered
        (MailServer(), {"tls": "starttls"}, "no_tls"),
        (MailServer(), {"tls": "tls"}, "no_tls"),
        (MailServer("tls"), {}, "no_tls"),  # the certificate is signed by nobody that is known here
        (MailServer("starttls"), {}, "no_tls"),
        (MailServer(), {"port": 1}, "no_server"),
        (MailServer("tls"), {"tls": "none"}, "no_server"),
    ],
)
def test_what_the_server_refuses_is_a_reason(
    root: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch, server: MailServer, setting: dict[str, object], reason: str
) -> None:
    monkeypatch.setattr(mailbox, "_WAIT", 0.5)
    monkeypatch.setattr(sender, "encrypted", lambda workbook, password: workbook)
    server.certificate = certificate
    with serving(server):
        text = by_mail(server, "安阳镇", "高岭镇")
        for name, value in setting.items():
            lines = [
                line for line in text.splitlines() if not (line.startswith(f"{name} =") and text.index(line) < text.index("[rec"))
            ]
            text = "\n".join(lines).replace(
                "[mail]", f"[mail]\n{name} = " + (f'"{value}"' if isinstance(value, str) else str(value))
            )
        settings(root, text)
        done = deliver(root, townships=["安阳镇", "高岭镇"])
    assert [(sending.area, sending.reason) for sending in done.sendings] == [("安阳镇", reason), ("高岭镇", reason)]
    assert server.letters == [] and server.connections <= 1
    assert {row.reason for row in deliveries(root)} == {reason}


def test_every_reason_has_words() -> None:
    reasons = {reason for _, reason in mailbox._REASONS} | {
        "mail_later",
        "not_encrypted",
        "workbook_unreadable",
        "login_refused",
        "no_tls",
    }
    assert reasons <= REASON_NAME.keys()
