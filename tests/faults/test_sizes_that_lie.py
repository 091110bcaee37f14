"""Files that say they are larger than they are, or lead in a circle: refused, or read in the memory of what is there."""

import struct
from collections.abc import Callable

import pytest

from pipelines.files.containers import sheets
from pipelines.files.old_workbook import look_into_xls
from pipelines.files.refusal import FileRefused
from tests.lib.made_files import (
    SHEET,
    altered,
    encrypted,
    xls,
    xlsx,
)
from tests.lib.made_records import TWO, number, old_xls
from tests.lib.made_sheets import rows_of


def test_an_xls_whose_tables_lead_in_a_circle_does_not_get_to_the_reader() -> None:
    content = bytearray(old_xls(TWO))
    content[4096 + 4 : 4096 + 8] = struct.pack("<I", 1)  # the directory goes on in itself, for ever
    try:
        read, _ = look_into_xls(bytes(content))
    except FileRefused:
        return
    assert read[4096 + 4 : 4096 + 8] == struct.pack("<I", 0xFFFFFFFE)


@pytest.mark.parametrize("made", [lambda: old_xls(TWO), encrypted], ids=[".xls", "encrypted .xlsx"])
def test_a_stream_that_says_it_is_longer_than_its_file_takes_no_memory(made: Callable[[], bytes]) -> None:
    content = bytearray(made())
    name = "EncryptedPackage" if b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P" in content else "Workbook"
    at = content.index(name.encode("utf-16-le") + b"\0\0") + 120  # MS-CFB 2.6.1: the size in a directory's entry
    content[at : at + 4] = struct.pack("<I", 1 << 30)
    with pytest.raises(FileRefused, match="已损坏"):
        list(sheets(bytes(content)))


@pytest.mark.parametrize("made", [xls, encrypted])
@pytest.mark.parametrize("shift", [0xFFFF, 1, 0])
def test_a_compound_file_whose_sectors_have_no_size_is_damaged(made: Callable[[], bytes], shift: int) -> None:
    content = bytearray(made())
    struct.pack_into("<H", content, 30, shift)
    with pytest.raises(FileRefused, match="已损坏"):
        list(sheets(bytes(content)))


def test_a_cell_beyond_every_sheet_takes_no_memory() -> None:
    with pytest.raises(FileRefused, match="已损坏"):
        list(sheets(old_xls(TWO, number(1, 300, 1.0), version=0x0600)))


def test_what_a_sheet_says_of_its_size_takes_no_memory() -> None:
    size = 0x0200, struct.pack("<IIHHH", 0, 0xFFFFFFF0, 0, 0xFFF0, 0)
    assert rows_of(old_xls(TWO, size, version=0x0600)) == [["姓名", "人数"], ["韦家乐", "3"]]


@pytest.mark.parametrize("address", [b"Kchem2", b"ABCD2", b"A12345678", b""])
def test_a_cell_whose_address_is_none_takes_no_memory(address: bytes) -> None:
    with pytest.raises(FileRefused, match="位置不存在"):
        list(sheets(altered(xlsx(), SHEET, lambda x: x.replace(b'r="B2"', b'r="' + address + b'"'))))


def test_addresses_in_small_letters_are_read_and_their_sheet_is_measured() -> None:
    assert rows_of(altered(xlsx(), SHEET, lambda x: x.replace(b'r="B2"', b'r="b2"'))) == rows_of(xlsx())
    with pytest.raises(FileRefused, match="超出可读的大小"):
        list(sheets(altered(xlsx(), SHEET, lambda x: x.replace(b'r="B2"', b'r="xfd1048576"'))))
