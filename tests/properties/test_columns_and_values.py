"""What works on whole columns gives what the function of one value gives, on every text. The function of one value is the
definition; the column's way is only faster. Half of a surrogate pair is in no column: UTF-8 cannot hold it, and Arrow refuses it."""

import io
import zipfile
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import Style, pinyin
from pypinyin.constants import PINYIN_DICT
from pypinyin.style import convert

from matching import ids
from matching.name_text import CLEAN_NAME, clean_name
from matching.names import _toneless
from matching.text_columns import has_any_of, on_distinct, places_among, zero_filled
from pipelines.files import grid, workbook_xml
from pipelines.files.grid import cell_text
from pipelines.intake import standardise
from pipelines.intake.kin_names import kin_of
from pipelines.intake.values import SAME_NUMBER, SAME_PHONE
from pipelines.lists import list_records
from pipelines.lists.list_records import person_name
from pipelines.lists.list_tables import _SHOWN

NASTY = "韦蓝家乐某之□无不详空未填０１９ＸＡ 　\t\n\r\0\x1c\x85\u200b\u3000\xa0\ufeff\ufe0f\u3099\u0301'\"`=（）()【|,，、；/·.#N/A?＊éßİ𠀀㐀豈"
DIGITS = "0123456789XxGLB"
TEXT = st.one_of(
    st.text(NASTY + DIGITS, max_size=12),
    st.text("韦蓝家乐", min_size=1, max_size=5),
    st.text("0123456789", min_size=1, max_size=13),
    st.from_regex(r"1[0-9]{10}", fullmatch=True),
    st.from_regex(r"(0086|\+86-?|86)?1[0-9]{10}(\.0)?", fullmatch=True),
    st.from_regex(r"[1-9](\.[0-9]{1,3})?E\+?[0-9]{1,2}", fullmatch=True),
    st.sampled_from(
        ["#N/A", "#GETTING_DATA", "NULL", "None", "NaN", "无", "暂无", "不详", "未填", "—", "--", "0", "0.0", "00", "0 0 0"]
    ),
    st.text(st.characters(codec="utf-8"), max_size=8),
    st.text("韦4", min_size=300, max_size=310),
)
COLUMN = st.lists(st.one_of(st.none(), TEXT), max_size=8)

SAME: list[tuple[str, Callable[[str], object], str]] = [
    *((kind, reader.read, reader.same) for kind, reader in standardise._READERS.items() if reader.same),
    ("name as such", clean_name, CLEAN_NAME),
    ("name of a list", person_name, CLEAN_NAME),
    ("address of a list", list_records._tidy, list_records._TIDY),
    ("number of a list", list_records._own_number, SAME_NUMBER),
    ("phones of a list", list_records._phone, SAME_PHONE),
    ("cell", cell_text, _SHOWN),
]


def column_of(texts: list[str | None]) -> pd.Series:
    return pd.Series(texts, index=range(7, 7 + len(texts)), dtype="str")


def values_of(column: pd.Series) -> list[object]:
    return [None if pd.isna(value) else value for value in column]


@pytest.mark.parametrize(("function", "same"), [case[1:] for case in SAME], ids=[case[0] for case in SAME])
@given(texts=COLUMN)
@settings(max_examples=150, deadline=None)
def test_texts_that_are_their_own_value(function: Callable[[str], object], same: str, texts: list[str | None]) -> None:
    read = on_distinct(column_of(texts), function, same=same)
    assert values_of(read) == [None if text is None else function(text) for text in texts]
    assert list(read.index) == list(range(7, 7 + len(texts)))


@pytest.mark.parametrize(
    ("plain", "same"),
    [
        ("韦家乐", CLEAN_NAME),
        ("13977812345", SAME_PHONE),
        ("G451228201003150016", SAME_NUMBER),
        ("安阳镇安北社区11号", list_records._TIDY),
        ("安阳镇中心小学", standardise.SAME_TEXT),
    ],
)
def test_a_good_export_asks_no_function(plain: str, same: str) -> None:
    def never(text: str) -> str:
        raise AssertionError

    assert list(on_distinct(pd.Series([plain, None], dtype="str"), never, same=same)[:1]) == [plain]


ID = st.one_of(
    st.from_regex(r"[ \t'　]?(45|99)[0-9]{4}(19|20|00|21)[0-9]{2}[01][0-9][0-3][0-9][0-9]{3}[0-9Xx][ \n]?", fullmatch=True),
    st.from_regex(r"[GLg]?[0-9]{15}(000|[0-9]{3})", fullmatch=True),
    st.from_regex(r"[0-9]{17}[0-9X][0-9][0-9](B[0-9])?", fullmatch=True),
    st.from_regex(r"[0-9]{14,17}", fullmatch=True),
    st.sampled_from(
        ["４５１２２８２０１００３１５００１６", "451228201003150016（补办）", "身份证号：451228201003150016", "4.51228E+17"]
    ),
    TEXT,
)


@pytest.mark.long
@given(texts=st.lists(st.one_of(st.none(), ID), max_size=12))
@settings(max_examples=300, deadline=None)
def test_ids_by_column_and_by_text(texts: list[str | None]) -> None:
    fast = ids.parse_ids(column_of(texts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "_WHOLE", r"[^\x{0}-\x{10ffff}]")  # fits nothing: every text is folded
        slow = ids.parse_ids(column_of(texts))
    pd.testing.assert_frame_equal(fast, slow)


def test_every_eight_digits_that_are_a_day() -> None:
    rng = np.random.default_rng(1)
    texts = [f"{y:04d}{m:02d}{d:02d}" for y in (1899, 1900, 1904, 2000, 2010, 2100, 2101) for m in range(14) for d in range(33)]
    texts += [f"{number:08d}" for number in rng.integers(0, 10**8, 500)]

    def day(text: str) -> date | None:
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:])) if 1900 <= int(text[:4]) <= 2100 else None
        except ValueError:
            return None

    read = ids._days(ids.byte_matrix(pa.array(texts), 8)).astype("datetime64[D]").astype(object)
    assert read.tolist() == [day(text) for text in texts]


KIN = st.lists(
    st.one_of(st.none(), st.sampled_from(["韦大", "蓝二", "韦大、蓝二", "韦大|蓝二", "蓝 二", "无"]), TEXT),
    min_size=3,
    max_size=3,
)


@given(rows=st.lists(KIN, max_size=6))
@settings(max_examples=150, deadline=None)
def test_kin_by_column_and_by_row(rows: list[list[str | None]]) -> None:
    own, *parts = (column_of([row[i] for row in rows]) for i in range(3))
    found = list_records._kin_of(own, {"kin": parts})

    def kin(name: str | None, *others: str | None) -> str | None:
        joined = "|".join(other or "" for other in others)
        return list_records._kin(f"{name or ''}\t{joined if joined.strip('| ') else ''}")

    # A tab or nothing where a name should be never reaches the kin: cells are read as names first.
    rows = [row for row in rows if row[0] is None or (row[0] and "\t" not in row[0])]
    kept = [i for i, name in enumerate(own) if pd.isna(name) or (name and "\t" not in name)]
    assert [values_of(found)[i] for i in kept] == [kin(*row) for row in rows]

    out = pd.DataFrame({"guardian": parts[0].where(parts[0] != ""), "father": parts[1].where(parts[1] != "")})
    names = [[n for part in row if pd.notna(part) for n in part.split("|") if n] for row in out.itertuples(index=False)]
    assert values_of(kin_of(out)) == ["|".join(dict.fromkeys(n)) or None for n in names]


@given(texts=COLUMN, marks=st.sampled_from(["'", "'\"", "|"]))
def test_small_helpers_of_columns(texts: list[str | None], marks: str) -> None:
    column = column_of(texts)
    assert has_any_of(column, marks) == any(mark in text for text in texts if text for mark in marks)
    among = ["韦", "蓝", "韦", None]
    places = [among.index(text) if text is not None and text in among else -1 for text in texts]
    assert places_among(column, column_of(among)).tolist() == places
    assert list(zero_filled(pd.Series([1, 1_048_576, 12_345_678]), 7)) == ["0000001", "1048576", "12345678"]


def test_syllables_are_the_dictionarys() -> None:
    syllable, known = _toneless()
    assert {ord(c): s for c, s in syllable.items()} == {p: pinyin(chr(p), style=Style.NORMAL)[0][0] for p in PINYIN_DICT}
    readings = {reading for several in PINYIN_DICT.values() for reading in several.split(",")}
    assert known == {convert(reading, Style.NORMAL, strict=False) for reading in readings} - {""}


PART = st.sampled_from(
    [
        '<row r="1"><c r="A1" t="s"><v>1</v></c></row>', '<c r="B2"><v>2</v></c>', '<c  r="C3"><v>2</v></c>', "<c r='D4'><v>2</v></c>",
        '<c t="s" r="E5"><v>1</v></c>', '<c r="AA6"><v>1</v></c>', '<c r="A1048576"><v>1</v></c>', '<c r="B7" t="e"><v>#N/A</v></c>',
        '<c r="B8"><f>A1</f></c>', '<c r="B9"><f>"4512"</f></c>', '<row r="9" hidden="1"></row>', '<cols><col min="1" hidden="1"/></cols>',
        "<c><v>1</v></c>", '<c\nr="F10"><v>1</v></c>', '<x:c r="G11"><v>1</v></x:c>',
    ]
)  # fmt: skip


@given(parts=st.lists(PART, max_size=30), piece=st.sampled_from([450, 900, 8 << 20]))
@settings(deadline=None)
def test_plain_pieces_of_a_sheet_are_passed_over_without_loss(parts: list[str], piece: int) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("sheet.xml", f"<worksheet><sheetData>{''.join(parts)}</sheetData></worksheet>")
    with zipfile.ZipFile(content) as archive, pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbook_xml, "_PIECE", piece)
        fast = workbook_xml._sheet(archive, "sheet.xml")
        patch.setattr(workbook_xml, "_plain", lambda piece, beyond: False)
        assert fast == workbook_xml._sheet(archive, "sheet.xml")


@given(texts=COLUMN, start=st.integers(0, 3))
@settings(max_examples=300, deadline=None)
def test_blank_cells_by_their_first_byte(texts: list[str | None], start: int) -> None:
    column = pa.array(texts, pa.string()).slice(start)
    blank = pc.match_substring_regex(column, grid._BLANK_CELL)
    assert grid.blank_as_null(column).to_pylist() == pc.if_else(blank, pa.scalar(None, pa.string()), column).to_pylist()
