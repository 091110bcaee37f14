"""How ``bidui link`` reads any two lists, by whatever headings they have. All persons are made up (虚构)."""

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from pipelines.lists.list_columns import read_list
from pipelines.lists.list_fields import LIST_FIELDS, field_named
from tests.lib.small_exports import id_of
from tests.lib.two_lists import PEOPLE, rows, save


def test_titles_above_the_headings_and_the_numbers_of_rows(two: tuple[Path, Path]) -> None:
    taken = read_list(two[0], "a")
    assert list(taken.table) == ["序号", "学生姓名", "身份证号", "家长姓名"]
    assert list(taken.rows[:2]) == [4, 5]
    assert taken.people["record_id"].iloc[0] == "a:0000004"
    assert taken.people["name"].iloc[0] == PEOPLE[0]["name"]
    assert taken.people["birthdate"].iloc[0] == pd.Timestamp(PEOPLE[0]["birth"])
    assert taken.people["birth_implied"].all()
    assert taken.used == {"name": ("学生姓名",), "id": ("身份证号",), "kin": ("家长姓名",)}


def test_every_container_gives_the_same_people(tmp_path: Path) -> None:
    table = [["姓名", "身份证号", "出生日期", "性别"], *rows(PEOPLE, "name", "id", "birth", "sex")]
    files = [
        save(tmp_path / "一.xlsx", table),
        save(tmp_path / "二.csv", table),
        save(tmp_path / "三.txt", table, "gbk"),
        save(tmp_path / "四.parquet", table),
        save(tmp_path / "五.csv", table, "utf-16"),
    ]
    first, *others = [read_list(path, "a") for path in files]
    for other in others:
        pd.testing.assert_frame_equal(first.people, other.people)
        pd.testing.assert_frame_equal(first.table, other.table)
        assert list(other.rows) == list(range(2, 42))


def test_parquet_keeps_long_numbers_and_days(tmp_path: Path) -> None:
    whole = [int(p["id"]) if p["id"].isdigit() else None for p in PEOPLE]
    frame = pd.DataFrame(
        {
            "name": [p["name"] for p in PEOPLE],
            "id": pd.array(whole, dtype="Int64"),
            "dob": pd.to_datetime([p["birth"] for p in PEOPLE]),
        }
    )
    frame.to_parquet(tmp_path / "数.parquet")
    taken = read_list(tmp_path / "数.parquet", "a")
    assert list(taken.table["id"].dropna()) == [p["id"] for p in PEOPLE if p["id"].isdigit()]
    assert list(taken.people["birthdate"].dt.strftime("%Y-%m-%d")) == [p["birth"] for p in PEOPLE]
    assert not taken.people["birth_implied"].any()


def test_blank_rows_are_skipped_and_rows_without_a_name_stay(tmp_path: Path) -> None:
    table = [["姓名", "身份证号", "备注"], ["韦家乐", None, None], [None, None, None], [None, None, "无名"]]
    taken = read_list(save(tmp_path / "空行.csv", table), "b")
    assert list(taken.rows) == [2, 4]
    assert list(taken.people["name"].isna()) == [False, True]
    assert any("身份证号" in notice for notice in taken.notices)  # all empty
    assert taken.used == {"name": ("姓名",)}


def test_a_list_of_one_column(tmp_path: Path) -> None:
    path = tmp_path / "名单.txt"
    path.write_text("姓名\n" + "\n".join(p["name"] for p in PEOPLE), encoding="utf-8")
    assert list(read_list(path, "a").people["name"]) == [p["name"] for p in PEOPLE]


def test_latin_names_addresses_and_numbers_of_another_kind(tmp_path: Path) -> None:
    table = [
        [
            "rec_id",
            "Given Name",
            "surname",
            "street_number",
            "address_1",
            "suburb",
            "postcode",
            "date_of_birth",
            "soc_sec_id",
            "sex",
        ],
        *(
            [
                f"rec-{i}",
                "Mary-Jane",
                f"o'neil {chr(97 + i)}",
                i + 2,
                "smith  street",
                "Kings Cross",
                2011,
                "19910304",
                5304218 + 999 * i,
                "f",
            ]
            for i in range(10)
        ),
    ]
    taken = read_list(save(tmp_path / "synthetic.csv", table), "a")
    first = taken.people.iloc[0]
    assert first["name"] == "MARY-JANE ONEIL-A"  # a surname of two words has a hyphen: the last word is the surname
    assert first["id_number"] == "5304218"
    assert pd.isna(first["id_known"])
    assert first["address"] == "2 SMITH STREET 2011"
    assert (first["township"], first["sex"]) == ("KINGSCROSS", "女")
    assert (first["birthdate"], first["birth_implied"]) == (pd.Timestamp("1991-03-04"), False)
    assert "rec_id" not in str(taken.used)


@pytest.mark.parametrize("numbers", [range(1, 11), range(20001, 20011)])
def test_a_running_number_is_no_id(tmp_path: Path, numbers: range) -> None:
    table = [["name", "id"], *([p["name"], n] for p, n in zip(PEOPLE, numbers, strict=False))]
    taken = read_list(save(tmp_path / "编号.csv", table), "a")
    assert taken.people["id_number"].isna().all()
    assert any("流水号" in notice for notice in taken.notices)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        (["2010-03-15", "20100316", "2010年3月17日"], ["2010-03-15", "2010-03-16", "2010-03-17"]),
        (["15/03/2010", "04/03/2010", "16/03/2010"], ["2010-03-15", "2010-03-04", "2010-03-16"]),
        (["03/15/2010", "03/04/2010", "03/16/2010"], ["2010-03-15", "2010-03-04", "2010-03-16"]),
        (
            ["03/04/2010", "2010-03", "20100230"],
            ["2010-01-01", "2010-01-01", None],
        ),  # which day of it cannot be told, or none at all
    ],
)
def test_days_of_birth(tmp_path: Path, written: list[str], days: list[str | None]) -> None:
    table = [["姓名", "出生日期"], *zip(("韦家乐", "黄小明", "蓝一"), written, strict=True)]
    taken = read_list(save(tmp_path / "生日.csv", table), "a")
    assert [None if pd.isna(d) else f"{d:%Y-%m-%d}" for d in taken.people["birthdate"]] == days
    assert any(f"{days.count(None)} 个出生日期" in n for n in taken.notices) == (None in days)


@pytest.mark.parametrize(
    ("headings", "cells", "township", "village"),
    [
        (["乡镇", "村"], ["安阳", "安北"], "安阳镇", "安北社区"),
        (["家庭住址"], ["广西都安县安阳镇安北社区3组"], "安阳镇", "安北社区"),
        (["村"], ["安阳镇安北社区"], "安阳镇", "安北社区"),
        (["乡镇", "村"], ["外县某镇", "某村"], "外县某镇", "某村"),
        (["乡镇"], ["外县某镇"], "外县某镇", None),
    ],
)
def test_places(tmp_path: Path, headings: list[str], cells: list[str], township: str, village: str | None) -> None:
    taken = read_list(save(tmp_path / "住址.csv", [["姓名", *headings], ["韦家乐", *cells]]), "a")
    found = taken.people[["township", "village"]].iloc[0]
    assert [None if pd.isna(v) else v for v in found] == [township, village]


def test_kin_are_told_apart_and_a_person_is_not_its_own(tmp_path: Path) -> None:
    table = [["姓名", "户主姓名", "父亲姓名", "母亲姓名"], ["韦家乐", "韦家乐", "韦大山、黄二妹", "黄二妹"]]
    assert read_list(save(tmp_path / "亲属.xlsx", table), "a").people["kin"].iloc[0] == "韦大山|黄二妹"


def test_sums_signatures_and_headings_once_more_are_no_people(tmp_path: Path) -> None:
    head, ids = ["序号", "姓名", "证件"], [id_of(f"2010010{n}", n) for n in (1, 2)]
    people = [[1, "韦家乐", ids[0]], [2, "黄小明", ids[1]], ["合计", "蓝一", id_of("20100103", 3)]]
    taken = read_list(
        save(tmp_path / "名单.xlsx", [head, *people, head, ["合计", "2人", None], ["填表人：韦某", None, None]]), "a"
    )
    assert list(taken.rows) == [2, 3, 4]
    assert list(taken.people["name"]) == ["韦家乐", "黄小明", "蓝一"]
    assert taken.used["id"] == ("证件",)
    assert any("有 3 行是合计、签名、说明或重复的表头" in notice for notice in taken.notices)


def test_every_heading_of_the_table_finds_its_field() -> None:
    for field in LIST_FIELDS:
        for heading in field.headings:
            assert field_named(heading) is not None, heading


def test_a_sheet_is_chosen_and_the_others_are_told(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["填表说明：请勿改动"])
    for title, name in (("一年级", "韦家乐"), ("二年级", "黄小明")):
        sheet = book.create_sheet(title)
        sheet.append(["姓名", "性别"])
        sheet.append([name, "男"])
    book.save(tmp_path / "多表.xlsx")
    first = read_list(tmp_path / "多表.xlsx", "a")
    assert (first.sheet, list(first.people["name"])) == ("一年级", ["韦家乐"])
    assert any("二年级" in notice and "--sheet-a" in notice for notice in first.notices)
    assert list(read_list(tmp_path / "多表.xlsx", "a", sheet="二年级").people["name"]) == ["黄小明"]


# ---- linking and writing ------------------------------------------------------------------------------------------


def test_a_student_number_in_the_column_of_ids_never_contradicts(tmp_path: Path) -> None:
    """It may hold an older ID (docs/formats.md 2): a second key, and no ID of its own."""
    older = id_of("20100315", 7)
    listed = read_list(
        save(tmp_path / "a.csv", [["姓名", "身份证号"], *rows(PEOPLE[:9], "name", "id"), ["蓝田", "G" + older]]), "a"
    )
    last = listed.people.iloc[-1]
    assert pd.isna(last["id_number"])
    assert last["id_other"] == older
    assert f"{last['birthdate']:%Y%m%d}" == older[6:14]


def test_radicals_and_signs_do_not_spoil_names_and_numbers(tmp_path: Path) -> None:
    table = [["姓名", "身份证号"], ["⻢⻰", id_of("20100315", 1) + "；"], ["⻙家乐", "ID：" + id_of("20110401", 2)]]
    people = read_list(save(tmp_path / "部首.csv", table), "a").people
    assert list(people["name"]) == ["马龙", "韦家乐"]
    assert list(people["id_number"]) == [id_of("20100315", 1), id_of("20110401", 2)]


def test_a_name_and_an_id_in_one_cell_are_two_fields(tmp_path: Path) -> None:
    number = id_of("20100315", 1)
    people = read_list(save(tmp_path / "连体.csv", [["姓名", "性别"], [f"韦家乐{number}", "男"], ["蓝小花", "女"]]), "a").people
    assert list(people["name"]) == ["韦家乐", "蓝小花"]
    assert people["id_number"].iloc[0] == number and people["id_number"].isna().iloc[1]


def test_nobody_in_a_list_gets_the_id_of_the_neighbour_above(tmp_path: Path) -> None:
    book = Workbook()
    numbers = [id_of("20100315", 1), None, id_of("20110401", 2)]
    for row in (
        ["姓名", "身份证号", "乡镇"],
        ["韦家乐", numbers[0], "安阳镇"],
        ["蓝小花", None, None],
        ["莫三", numbers[2], "高岭镇"],
    ):
        book.active.append(row)
    book.active.merge_cells("B2:B3")
    book.active.merge_cells("C2:C3")
    book.save(tmp_path / "名单.xlsx")
    taken = read_list(tmp_path / "名单.xlsx", "a")
    assert list(taken.people["id_number"].fillna("")) == [numbers[0], "", numbers[2]]
    assert list(taken.table["乡镇"]) == ["安阳镇", "安阳镇", "高岭镇"]
    assert any("有 1 格姓名、证件号等被上方的合并单元格盖住" in notice for notice in taken.notices)


def test_of_two_lists_side_by_side_it_is_said_which_is_used_and_how_to_use_the_other(tmp_path: Path) -> None:
    headings, people = ["姓名", "身份证号", "出生日期"], rows(PEOPLE, "name", "id", "birth")
    beside = [
        [*headings, None, *headings],
        *([*left, None, *right] for left, right in zip(people[:20], people[20:], strict=True)),
    ]
    for name, sheet in [("并排.xlsx", "Sheet（右栏）"), ("并排.csv", "（右栏）")]:
        path = save(tmp_path / name, beside)
        assert any(f"另有名单未用：{sheet}" in notice for notice in read_list(path, "a").notices)
        right = read_list(path, "a", sheet=sheet)
        assert list(right.people["name"]) == [person["name"] for person in PEOPLE[20:]]


@pytest.mark.parametrize(("count", "told"), [(40, False), (41, True)])
def test_of_a_list_with_fewer_rows_than_it_says_it_is_told(tmp_path: Path, count: int, told: bool) -> None:
    table = [[f"某校名单（共{count}人）"], ["姓名", "身份证号"], *rows(PEOPLE, "name", "id")]
    assert any("缺了人" in notice for notice in read_list(save(tmp_path / "名单.xlsx", table), "a").notices) == told
