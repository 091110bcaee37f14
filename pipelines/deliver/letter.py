"""The mail that workbooks go with: what they are, what to do, by when. It holds counts of files and their names, and no child's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from pipelines.deliver.parcels import BookKind
from schemas.calendar import CHINA, report_week
from schemas.settings import Settings

_TYPE = "application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What is to be done with a workbook; {due} is the day.
_TO_DO: dict[BookKind, str] = {
    "lists": "按封面写的步骤逐村核实，填好要填的列，{due}前交回县里。",
    "weekly": "核对人数，填写劝返工作和存在困难，签字盖章后报县里。",
    "summary": "全县的指标和名单，请验收各乡镇的答复，督促未填的。",
    "receipt": "送回的核查表每行的结果；未采用的请按原因改好，重新送回。",
    "returned": "按各表改正本系统的登记；改好后重新导出，{due}前交给县里。",
}
_BODY = """\
{area}：

附件是{county} {as_of} 数据比对的结果，共 {count} 份：
{books}

一、附件都有打开密码，密码另行告知，不在邮件里；没有收到密码的，请与县里联系。
二、请下载到电脑上，用 Excel、WPS 或 LibreOffice 打开、填写。交回时保留打开密码，或当面交。
三、附件含未成年人个人信息，只供经办人使用，请勿转发，办完后从邮箱里删除。

{county}控辍保学工作专班
"""


@dataclass(frozen=True, slots=True)
class Attachment:
    """``name``: of the file; ``content``: as it is sent, encrypted."""

    name: str
    kind: BookKind
    content: bytes


def letter(
    area: str, address: str, attachments: Sequence[Attachment], as_of: date, today: date, settings: Settings
) -> EmailMessage:
    """The mail to ``address`` with the workbooks of ``area``. ``as_of``: the day that they are for; ``today``: the day it is sent, by which
    the next day of the weekly report is the one they are due."""
    due = report_week(today + timedelta(days=1), settings.weekday)
    when = f"{due.month}月{due.day}日（{settings.weekly_day}）"
    books = [f"　　《{attached.name}》：{_TO_DO[attached.kind].format(due=when)}" for attached in attachments]
    county = settings.county.name
    message = EmailMessage()
    message["Subject"] = f"{area} 控辍保学数据比对结果（{as_of.isoformat()}）"
    message["From"] = Address(f"{settings.county.short_name}控辍保学", addr_spec=settings.mail.from_address)
    message["To"] = Address(addr_spec=address)
    message["Date"] = format_datetime(datetime.now(CHINA))
    message["Message-ID"] = make_msgid(domain=settings.mail.from_address.rpartition("@")[2])  # its default is this machine's name
    message.set_content(
        _BODY.format(area=area, county=county, as_of=as_of.isoformat(), count=len(attachments), books="\n".join(books)),
        cte="base64",
    )
    for attached in attachments:
        message.add_attachment(attached.content, maintype=_TYPE[0], subtype=_TYPE[1], filename=attached.name)
    return message
