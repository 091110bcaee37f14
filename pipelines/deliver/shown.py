"""What ``bidui deliver`` tells: in the terminal, and the record of deliveries as a workbook. No password is in it; an address is where
somebody asked for it: in a dry run, and in the record."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from pipelines.deliver.deliver import Delivered, Sending
from pipelines.screen import Shown, TextTable
from pipelines.store.deliveries import Delivery
from reports.book import Book, FilledSheet, SheetColumn, SheetOfRows, write_book
from schemas.calendar import CHINA
from schemas.delivery_codes import HOW_NAME, OUTCOME_NAME, REASON_NAME

_TITLE = "送达记录"
_COLUMNS = {
    "at": "时间（北京时间）", "as_of": "比对日期", "area": "接收人", "file": "文件", "how": "方式", "sent_to": "送到", "outcome": "结果",
    "reason": "原因", "run_id": "比对编号", "sha256": "内容指纹（加密前）",
}  # fmt: skip


def delivered_shown(delivered: Delivered) -> Iterator[Shown]:
    """What was sent, or would be, in Chinese."""
    went = [sending for sending in delivered.sendings if sending.reason is None]
    title = f"{delivered.as_of} 的比对结果：" + ("将送出（试运行，没有送）" if delivered.dry else "已送出")
    if went:
        places = ("送到",) if delivered.dry else ()
        yield TextTable(
            title, ("接收人", "方式", "加密", *places, "文件"), [_row(sending, delivered.dry) for sending in went], numbers=0
        )
    elif not delivered.count(failed=True):
        yield f"{delivered.as_of} 的比对结果：没有要送的"
    if delivered.already:
        yield f"以前已送过、内容没有变的 {delivered.already} 份没有再送；确要再送，请加 --again"


def left_shown(delivered: Delivered) -> Iterator[str]:
    """What was not sent and why, each a sentence in Chinese that names the recipient; none where nothing was left."""
    for sending in delivered.sendings:
        if sending.reason:
            yield f"{sending.area}（{HOW_NAME[sending.how]}，{len(sending.files)} 份）没有送到：{REASON_NAME[sending.reason]}"
    if delivered.without_recipient:
        yield f"没有设置接收人，没有送：{'、'.join(delivered.without_recipient)}。请在 county.toml 的 [recipients] 里写明"
    if delivered.without_books:
        yield f"这次比对没有出他们的表，没有送：{'、'.join(delivered.without_books)}"
    if delivered.nobodys:
        yield f"认不出该送给谁，没有送：{'、'.join(delivered.nobodys)}"
    if delivered.unrecorded:
        yield (
            f"{delivered.sendings[-1].area} 的表送了，但没有记下来，所以其余的没有再送：{delivered.unrecorded}。"
            "改好后重新运行，这一份可能会送两次"
        )


def write_record(path: Path, deliveries: Sequence[Delivery], day: date) -> None:
    """Write the record of ``deliveries`` as the workbook ``path``, on ``day``."""
    frame = {key: [_cell(delivery, key) for delivery in deliveries] for key in _COLUMNS}
    columns = tuple(SheetColumn(heading, key, "id", width=40) for key, heading in _COLUMNS.items())
    sheet = SheetOfRows(_TITLE, columns, empty="还没有送出过核查表", frozen=0)
    write_book(Book(path, (FilledSheet(sheet, frame, "bidui 比对", f"{_TITLE}（{day.isoformat()}）"),), day))


def _row(sending: Sending, dry: bool) -> tuple[str, ...]:
    places = (sending.sent_to,) if dry else ()
    return sending.area, HOW_NAME[sending.how], "是" if sending.encrypted else "否", *places, "、".join(sending.files)


def _cell(delivery: Delivery, key: str) -> str:
    words = {
        "at": f"{datetime.fromisoformat(delivery.delivered_at).astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        "as_of": delivery.as_of.isoformat(),
        "how": HOW_NAME.get(delivery.how, delivery.how),
        "outcome": OUTCOME_NAME.get(delivery.outcome, delivery.outcome),
        "reason": REASON_NAME.get(delivery.reason or "", delivery.reason or ""),
    }
    return words[key] if key in words else str(getattr(delivery, key))
