"""What a notebook imports: ``bidui.link``, ``bidui.run``, ``bidui.tables``. All persons are made up (虚构)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import bidui
from bidui.errors import Refused
from pipelines.ask.explain import explain
from pipelines.ask.history import history
from pipelines.ask.published_run import NoResults, TableMissing
from pipelines.guard import Foreseen, StepFailed
from pipelines.lists.list_options import LinkRefused
from pipelines.night.outcome import NothingPublished, Outcome
from schemas.calendar import today
from schemas.tables import TABLES
from tests.lib.two_lists import CONTRACT, PEOPLE, rows

FIELDS = ("name", "id", "birth")
LEFT = pd.DataFrame(rows(PEOPLE[:30], *FIELDS), columns=["姓名", "身份证号", "出生日期"])
RIGHT = pd.DataFrame(rows(PEOPLE[:9:-1], *FIELDS), columns=["姓名", "身份证号", "出生日期"])


def test_files_give_what_the_command_gives(two: tuple[Path, Path]) -> None:
    pairs = bidui.link(*two)
    assert list(pairs) == [
        *CONTRACT,
        *(["序号_a", "学生姓名_a", "身份证号_a", "家长姓名_a", "姓名_b", "公民身份号码_b", "出生日期_b", "户主姓名_b"]),
    ]
    assert set(zip(pairs["row_a"], pairs["row_b"], strict=True)) == {(4 + i, 2 + 39 - i) for i in range(10, 30)}
    assert set(pairs["decision"]) == {"match"} and pairs["probability"].between(0.99, 1).all()
    assert isinstance(pairs.attrs["notices"], list)


def test_tables_in_memory_give_positions() -> None:
    left = LEFT.set_index(LEFT.index + 1000)  # a position is no label
    pairs = bidui.link(left, pa.Table.from_pandas(RIGHT))
    assert len(pairs) == 20
    assert (left["姓名"].iloc[pairs["row_a"]].to_numpy() == RIGHT["姓名"].iloc[pairs["row_b"]].to_numpy()).all()


def test_numbers_texts_and_gaps_in_one_column() -> None:
    left, right = LEFT.astype({"身份证号": object}), RIGHT.copy()
    left["身份证号"] = [int(number) if number.isdigit() else number for number in left["身份证号"]]
    left.loc[[12, 13], "身份证号"] = None
    left["出生日期"] = pd.to_datetime(left["出生日期"])
    assert len(bidui.link(left, right)) == 20


def test_columns_named_by_the_analyst() -> None:
    left = LEFT.set_axis(["谁", "号", "哪天"], axis=1)
    pairs = bidui.link(left, RIGHT, columns_a={"name": "谁", "证件号": ["号"], "birth": "哪天"})
    assert len(pairs) == 20 and list(pairs)[5:8] == ["谁_a", "号_a", "哪天_a"]
    with pytest.raises(LinkRefused, match=r"《A》.*表头有：谁、号、哪天"):
        bidui.link(left, RIGHT)
    with pytest.raises(Refused, match="没有字段 爱好"):
        bidui.link(left, RIGHT, columns={"爱好": "谁"})


def test_what_is_no_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LinkRefused, match="《没有"):
        bidui.link(tmp_path / "没有.xlsx", RIGHT)
    with pytest.raises(LinkRefused, match="没有数据行"):
        bidui.link(LEFT[:0], RIGHT)
    with pytest.raises(LinkRefused, match="名单应是文件"):
        bidui.link([1, 2], RIGHT)  # type: ignore[arg-type]


def test_a_fault_inside_shows_no_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(people: pd.DataFrame, **_: object) -> None:
        raise ValueError(people["name"].iloc[0])

    monkeypatch.setattr("pipelines.lists.kept_folder.link", broken)
    with pytest.raises(StepFailed) as failed:
        bidui.link(LEFT, RIGHT)
    assert PEOPLE[0]["name"] not in str(failed.value)


def test_run_hands_on_what_was_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    outcome = Outcome(tmp_path, tmp_path, 0, None)
    monkeypatch.setattr("bidui.api.run_job", lambda *given, **named: asked.extend([*given, named]) or outcome)
    assert bidui.run(str(tmp_path), as_of="2020-04-15", townships=["安阳", "下坳镇"], accept_drift=True) is outcome
    assert asked == [tmp_path, date(2020, 4, 15), ["下坳镇", "安阳镇"], {"accept_drift": True, "future": False}]
    asked.clear()
    bidui.run(tmp_path)
    assert asked == [tmp_path, today(), None, {"accept_drift": False, "future": False}]


def test_what_cannot_be_run_or_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="日期应写成 2020-04-15 这样"):
        bidui.run(tmp_path, as_of="4月15日")
    with pytest.raises(Refused, match="没有 2020-02-30 这一天"):
        bidui.run(tmp_path, as_of="2020-02-30")
    with pytest.raises(Refused, match="没有这个文件夹"):
        bidui.run(tmp_path / "没有")
    with pytest.raises(NothingPublished, match="没有 raw 文件夹"):
        bidui.run(tmp_path)
    with pytest.raises(Refused, match="没有这个乡镇：东山镇"):
        bidui.run(tmp_path, townships=["东山镇"])
    with pytest.raises(NoResults, match="还没有比对结果"):
        bidui.tables(tmp_path)
    assert all(issubclass(kind, Foreseen) for kind in (Refused, NothingPublished, NoResults, LinkRefused))


@pytest.mark.parametrize(
    "command", [bidui.tables, lambda root: list(explain(root, ["P1"])), lambda root: list(history(root, None))]
)
def test_a_run_of_an_older_version_lacks_a_table(tmp_path: Path, command: Callable[[Path], object]) -> None:
    current = tmp_path / "curated" / "current"
    current.mkdir(parents=True)
    for name, schema in TABLES.items():
        if name != "person_events":
            pq.write_table(schema.empty_table(), current / f"{name}.parquet")
    with pytest.raises(TableMissing, match="旧版本生成的，缺少数据表 person_events，请重新运行 bidui run"):
        command(tmp_path)


def test_tables_are_of_one_run(tmp_path: Path) -> None:
    """A run that is published later does not change what an open connection shows."""
    runs = [tmp_path / "curated" / "runs" / f"20200415-000{number}" for number in (1, 2)]
    for run in runs:
        run.mkdir(parents=True)
        for name, schema in TABLES.items():
            table = schema.empty_table()
            if name == "persons" and run is runs[1]:
                table = pa.Table.from_pylist([{"person_id": "P0000001"}], schema)
            pa.parquet.write_table(table, run / f"{name}.parquet")
    current = tmp_path / "curated" / "current"
    current.symlink_to(runs[0], target_is_directory=True)
    before = bidui.tables(tmp_path)
    current.unlink()
    current.symlink_to(runs[1], target_is_directory=True)
    counts = [con.sql("select count(*) from persons").fetchall() for con in (before, bidui.tables(tmp_path))]
    assert counts == [[(0,)], [(1,)]]
    assert {name for (name,) in before.sql("select view_name from duckdb_views() where not internal").fetchall()} == set(TABLES)


# ---- groups ----------------------------------------------------------------------------------------------------------------

TWICE = pd.concat([LEFT, LEFT.iloc[[4, 7]]], ignore_index=True)


def test_duplicates_of_a_table_in_memory() -> None:
    groups = bidui.dedupe(TWICE)
    assert list(zip(groups["group_id"], groups["row"], groups["linked_row"], strict=True)) == [
        (1, 4, 30),
        (1, 30, 4),
        (2, 7, 31),
        (2, 31, 7),
    ]
    assert set(groups["decision"]) == {"match"} and groups.attrs["notices"] == groups.attrs["changes"] == []
    assert list(bidui.dedupe(TWICE.rename(columns={"姓名": "谁"}), columns={"name": "谁"})["row"]) == [4, 30, 7, 31]


def test_groups_keep_their_numbers_in_a_notebook(tmp_path: Path) -> None:
    """Against a table, which also knows of a number that ended, and against the file of the command."""
    before = bidui.dedupe(TWICE)
    before = before[before["group_id"] == 2]
    before.attrs["last_group_id"] = 9
    grown = pd.concat([TWICE, TWICE.iloc[[7]]], ignore_index=True)
    groups = bidui.dedupe(grown, against=before)
    assert groups.groupby("group_id")["row"].agg(list).to_dict() == {2: [7, 31, 32], 10: [4, 30]}
    assert groups.attrs["changes"] == ["与上次结果相比：1 组沿用原来的组号，其中新加入 1 行；新增 1 组"]
    assert groups.attrs["last_group_id"] == 10
    before.to_parquet(tmp_path / "上次.parquet", index=False)
    assert list(bidui.dedupe(grown, against=tmp_path / "上次.parquet")["group_id"]) == [2, 2, 2, 3, 3]
    with pytest.raises(LinkRefused, match="没有 group_id"):
        bidui.dedupe(grown, against=LEFT)


def test_three_tables_give_groups() -> None:
    third = RIGHT.iloc[:5].rename(columns={"姓名": "谁"})
    groups = bidui.link(LEFT, RIGHT, third, columns={"c:name": "谁", "birth": "出生日期"})
    assert groups.groupby("group_id")["list"].agg("".join).value_counts().to_dict() == {"AB": 20, "BC": 5}
    assert groups.loc[groups["list"] == "C", "row"].tolist() == [0, 1, 2, 3, 4]
    with pytest.raises(Refused, match="没有名单 d，只有 a、b、c"):
        bidui.link(LEFT, RIGHT, third, columns={"d:name": "谁"})
    with pytest.raises(LinkRefused, match="没有组号"):
        bidui.link(LEFT, RIGHT, against=groups)
