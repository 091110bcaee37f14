"""The settings of ``bidui deliver``: to whom each workbook goes, and through which server mail is sent.

Workbooks hold data of minors: what goes by mail is encrypted, and so is the way to the server.
"""

import re
from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, StrictStr, model_validator

from schemas.county_names import has_control_characters
from schemas.setting_kinds import SettingTable, Text

_LEAST_PASSWORD, _MOST_PASSWORD = 8, 255  # characters; Excel takes no more
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_PORTS = {"tls": 465, "starttls": 587, "none": 25}  # RFC 8314, RFC 6409, RFC 5321

# What an address may be made of (RFC 5321 without quotes and without other scripts, which not every server takes).
_ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
Address = Annotated[StrictStr, Field(pattern=_ADDRESS, max_length=200)]


def _typed(password: str) -> str:
    """Of characters that every keyboard has: the box in which Excel asks for a password takes no Chinese."""
    if not (password.isascii() and password.isprintable()) or " " in password:
        raise ValueError("只能用英文字母、数字和英文标点，不能有空格（输密码的框里打不了汉字）")
    return password


def _long(password: str) -> str:
    if not _LEAST_PASSWORD <= len(password) <= _MOST_PASSWORD:
        raise ValueError(f"应有 {_LEAST_PASSWORD} 至 {_MOST_PASSWORD} 个字符")
    return password


def _whole_path(folder: str) -> str:
    if has_control_characters(folder):
        raise ValueError(r"含有看不见的字符。Windows 的路径两边请用单引号，如 'D:\收发\某某镇'，双引号里的 \ 另有意思")
    if not (PureWindowsPath(folder).is_absolute() or PurePosixPath(folder).is_absolute()):
        raise ValueError(r"应写完整的路径，如 'D:\收发\某某镇'、'\\服务器\收发\某某镇' 或 /srv/收发/某某镇")
    return folder


Password = Annotated[StrictStr, AfterValidator(_typed)]
Folder = Annotated[StrictStr, Field(min_length=1, max_length=400), AfterValidator(_whole_path)]


class Recipient(SettingTable):
    """Where the workbooks of a township, an office or the county go."""

    folder: Folder | None = Field(
        default=None,
        description=r"放进哪个文件夹（须已建好，可以是共享文件夹），写完整的路径，用单引号，如 'D:\收发\某某镇'、'\\服务器\收发\某某镇'",
    )
    mail: Address | None = Field(default=None, description="发到哪个电子邮箱；用邮件的必须有 password，还要写 [mail]")
    password: Annotated[Password, AfterValidator(_long)] | None = Field(
        default=None,
        repr=False,
        description=f"打开密码（{_LEAST_PASSWORD} 位以上的英文字母、数字、标点），每个接收人各用一个，另行告知，不写在邮件里。只放文件夹的可以不写，表就不加密",
    )

    @model_validator(mode="after")
    def _can_be_reached(self) -> "Recipient":
        if not (self.folder or self.mail):
            raise ValueError("还缺 folder（文件夹）或 mail（电子邮箱），至少写一个")
        if self.mail and not self.password:
            raise ValueError("写了 mail，还缺 password：表里有未成年人信息，不加密不能用邮件发")
        return self


def _is_table(value: Any) -> Any:
    """A recipient was once written in one line, as free text that no program can send anything to."""
    if not isinstance(value, dict | Recipient):
        raise ValueError("不再写成一行，请写成一张表：[recipients.\"名称\"] 一行，下面写 folder = '文件夹'，或 mail = \"邮箱\" 和 password = \"打开密码\"")
    return value


RecipientTable = Annotated[Recipient, BeforeValidator(_is_table)]


class Mail(SettingTable):
    """The server that takes mail to be sent. Without ``host`` none is sent."""

    host: Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9.:-]+$", max_length=200)] | None = Field(
        default=None, description="发信服务器（SMTP），如 smtp.某某.gov.cn；不写不发邮件"
    )
    tls: Literal["tls", "starttls", "none"] = Field(
        default="tls", description="怎样加密到服务器的连接：tls、starttls；none 不加密，只许 host 是本机（localhost）"
    )
    port: Annotated[StrictInt, Field(ge=1, le=65535)] | None = Field(
        default=None, description=f"端口；不写的按 tls：{'、'.join(f'{tls} {port}' for tls, port in _PORTS.items())}"
    )
    user: Annotated[Text, AfterValidator(_typed)] | None = Field(default=None, description="发信账号；服务器不要账号的不写")
    password: Password | None = Field(default=None, repr=False, description="发信账号的密码，或服务商给的授权码")
    sender: Address | None = Field(default=None, description="发件人邮箱；不写的就是 user")

    @model_validator(mode="after")
    def _can_send(self) -> "Mail":
        if self.host is None:
            if self.user or self.password or self.sender or self.port:
                raise ValueError("还缺 host（发信服务器）")
            return self
        if self.tls == "none" and self.host not in _THIS_MACHINE:
            raise ValueError("tls = \"none\" 只许 host 是本机（localhost）；别的服务器请写 tls 或 starttls")
        if (self.user is None) != (self.password is None):
            raise ValueError("user 和 password 应一起写，或都不写")
        if self.sender is None and not re.fullmatch(_ADDRESS, self.user or ""):
            raise ValueError("还缺 sender（发件人邮箱）")
        return self

    @property
    def from_address(self) -> str:
        """Whom a mail comes from; empty where none can be sent."""
        return self.sender or self.user or ""

    @property
    def port_used(self) -> int:
        """The port, which is that of the kind of connection where none is set."""
        return self.port or _PORTS[self.tls]
