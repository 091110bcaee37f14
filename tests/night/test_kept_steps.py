"""``bidui link`` and ``bidui dedupe`` with --keep: each step as a table, and what the next call takes up. All persons are made up (虚构)."""

import json
import re
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

import bidui
from matching.kept import STEPS
from pipelines.lists.list_options import LinkRefused
from pipelines.store.lock import Busy
from tests.lib.two_lists import PEOPLE, rows, run, run_command, save

FIELDS = ("name", "id", "birth", "sex", "kin", "phone")
HEAD = ["姓名", "身份证号", "出生日期", "性别", "监护人", "电话"]
FILES = {name for names in STEPS.values() for name in names}
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def lists(tmp_path: Path) -> tuple[Path, Path]:
    """Two lists of 40 and 31 persons; of the second, one is misheard, one misheard and without ID and kin, of another birthdate, and one is
    a namesake."""
    changed = {5: {"name": "罗家方"}, 7: {"name": "唐家修", "id": "", "birth": "2006-03-24", "kin": "", "phone": ""}}
    second = [p | changed.get(number, {}) for number, p in enumerate(PEOPLE[:30])]
    second.append(PEOPLE[39] | {"name": PEOPLE[3]["name"], "birth": "2006-10-19", "id": "", "kin": "蒙大山", "phone": ""})
    a = save(tmp_path / "甲.csv", [HEAD, *rows(PEOPLE, *FIELDS)], "utf-8")
    return a, save(tmp_path / "乙.csv", [HEAD, *rows(second, *FIELDS)], "utf-8")


def told(said: str) -> str:
    """What is said of the steps, in brackets."""
    found = re.search(r"各步的表已存入 .*（(.*)；含个人信息", said)
    assert found is not None, said
    return found[1]


ANEW = "新做候选对、比较等级、权重、判定"


def test_each_step_is_a_private_table_and_results_stay_the_same(
    lists: tuple[Path, Path], tmp_path: Path, capsys: Capture
) -> None:
    plain, kept, again = (tmp_path / f"{name}.parquet" for name in ("plain", "kept", "again"))
    folder = tmp_path / "各步"
    assert run(capsys, *lists, "--out", plain)[0] == 0
    status, said = run(capsys, *lists, "--out", kept, "--keep", folder)
    assert status == 0 and told(said) == ANEW
    assert {p.name for p in folder.iterdir()} - {".lock"} == FILES
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {p.stat().st_mode & 0o777 for p in folder.iterdir()} == {0o600}
    assert not any(p[field] in said for p in PEOPLE for field in ("name", "id", "phone", "kin"))
    status, said = run(capsys, *lists, "--out", again, "--keep", folder)
    assert status == 0 and told(said) == "沿用上次的候选对、比较等级、权重，新做判定"
    assert plain.read_bytes() == kept.read_bytes() == again.read_bytes()
    sizes = {name: pq.read_metadata(folder / name).num_rows for name in FILES if name.endswith(".parquet")}
    assert sizes["records.parquet"] == sizes["clusters.parquet"] == 71
    assert sizes["candidates.parquet"] == sizes["levels.parquet"] == sizes["weights.parquet"] == sizes["decisions.parquet"]
    text = (folder / "model.json").read_text(encoding="utf-8")
    assert json.loads(text)["learned_from"]["records"] == 71 and PEOPLE[0]["name"] not in text


def test_the_page_shows_how_to_ask_why_two_rows_were_not_linked(
    lists: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bidui.link(*lists, keep=tmp_path / "kept")
    page = (Path(__file__).parents[2] / "docs" / "matching.md").read_text(encoding="utf-8")
    found = re.search(r"```sql\n(select .*?kept/.*?)```", page, re.S)
    assert found is not None
    monkeypatch.chdir(tmp_path)
    shown = duckdb.sql(found[1]).df()
    pair = shown.iloc[0]
    assert {pair["record_id_l"], pair["record_id_r"]} == {"a:0000009", "b:0000009"}
    assert (pair["decision"], pair["reason"], pair["bar"]) == ("possible", "unsure", None)
    assert (pair["name"], pair["id"], pair["birth"], pair["kin"]) == ("sound", "missing", "one_digit", "missing")
    assert pair["birth_bits"] < pair["name_bits"] and pair["id_bits"] == 0


def test_the_weight_is_the_sum_of_its_bits_and_a_decision_has_a_reason_or_is_a_match(
    lists: tuple[Path, Path], tmp_path: Path
) -> None:
    bidui.link(*lists, keep=tmp_path / "kept")
    weights, decisions, levels = (pd.read_parquet(tmp_path / "kept" / f"{n}.parquet") for n in ("weights", "decisions", "levels"))
    bits = weights[[name for name in weights if name.endswith("_bits")]].sum(axis=1)
    assert (bits - weights["weight"]).abs().max() < 1e-3
    assert (decisions["reason"].isna() == (decisions["decision"] == "match")).all()
    assert set(decisions["decision"]) == {"match", "possible", "no"}
    assert (weights.loc[levels["name"] == "missing", "name_bits"] == 0).all()


@pytest.mark.long
def test_what_does_not_fit_is_made_anew(lists: tuple[Path, Path], tmp_path: Path, capsys: Capture) -> None:
    folder, out, model = tmp_path / "kept", tmp_path / "out.parquet", tmp_path / "model.json"

    def steps(*more: object) -> str:
        status, said = run(capsys, *lists, "--out", out, "--keep", folder, *more)
        assert status == 0, said
        return told(said)

    unchanged, weighed_anew = "沿用上次的候选对、比较等级、权重，新做判定", "沿用上次的候选对、比较等级，新做权重、判定"
    assert steps("--save-model", model) == ANEW
    assert steps("--cost-ratio", "10") == unchanged
    cheap = out.read_bytes()
    assert run(capsys, *lists, "--out", out, "--cost-ratio", "10")[0] == 0
    assert out.read_bytes() == cheap
    document = json.loads(model.read_text(encoding="utf-8"))
    model.write_text(json.dumps(document | {"namesakes": 7.0}), encoding="utf-8")
    assert steps("--model", model) == weighed_anew
    assert steps("--model", model) == unchanged
    assert steps() == weighed_anew
    (folder / "model.json").write_text("{}", encoding="utf-8")  # not the one that the pairs were weighed with
    assert steps() == weighed_anew
    (folder / "levels.parquet").unlink()
    assert steps() == "沿用上次的候选对，新做比较等级、权重、判定"
    content = bytearray((folder / "candidates.parquet").read_bytes())
    content[20] ^= 255
    (folder / "candidates.parquet").write_bytes(content)
    assert steps() == ANEW
    text = lists[1].read_text(encoding="utf-8")
    lists[1].write_text(text.replace(PEOPLE[2]["phone"], "13900000000"), encoding="utf-8")
    assert steps() == ANEW
    assert steps() == unchanged


def test_another_program_makes_all_steps_anew(
    lists: tuple[Path, Path], tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = tmp_path / "kept", tmp_path / "out.parquet"
    assert run(capsys, *lists, "--out", out, "--keep", folder)[0] == 0
    monkeypatch.setattr("matching.kept._program", lambda: "a later version")
    assert told(run(capsys, *lists, "--out", out, "--keep", folder)[1]) == ANEW


def test_steps_after_one_that_is_made_anew_are_gone_when_it_breaks_off(
    lists: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "kept"
    bidui.link(*lists, keep=folder)
    (folder / ".left.partial").write_bytes(b"x")
    lists[1].write_text(lists[1].read_text(encoding="utf-8").replace(PEOPLE[2]["phone"], "13900000000"), encoding="utf-8")
    with monkeypatch.context() as broken:
        broken.setattr("matching.kept.levels_table", lambda *_: 1 / 0)
        with pytest.raises(Exception, match="ZeroDivisionError"):
            bidui.link(*lists, keep=folder)
    assert {p.name for p in folder.iterdir()} - {".lock"} == {"records.parquet", "settled.parquet", "candidates.parquet"}


def test_dedupe_and_three_lists_keep_their_steps(lists: tuple[Path, Path], tmp_path: Path, capsys: Capture) -> None:
    folder, out = tmp_path / "kept", tmp_path / "out.parquet"
    for words in (("dedupe", lists[0]), ("link", *lists, save(tmp_path / "丙.csv", [HEAD, *rows(PEOPLE[:9], *FIELDS)]))):
        assert told(run_command(capsys, *words, "--out", out, "--keep", folder)[1]) == ANEW
        assert "沿用" in told(run_command(capsys, *words, "--out", out, "--keep", folder)[1])


def test_a_folder_of_other_files_is_refused(lists: tuple[Path, Path], tmp_path: Path, capsys: Capture) -> None:
    for folder, why in (
        (tmp_path, "里有别的文件（2 个），各步的表须有自己的文件夹"),
        (tmp_path / "没有" / "kept", "没有这个文件夹"),
        (lists[0], "--keep 应是文件夹"),
    ):
        status, said = run(capsys, *lists, "--out", tmp_path.parent / "out.parquet", "--keep", folder)
        assert status == 2 and why in said
    status, said = run(capsys, *lists, "--out", tmp_path / "kept" / "out.parquet", "--keep", tmp_path / "kept")
    assert status == 2
    (tmp_path / "kept").mkdir()
    status, said = run(capsys, *lists, "--out", tmp_path / "kept" / "out.parquet", "--keep", tmp_path / "kept")
    assert status == 2 and "结果和模型请存到别的文件夹" in said
    assert not list((tmp_path / "kept").iterdir())
    with pytest.raises(LinkRefused):
        bidui.link(*lists, keep=tmp_path)


def test_two_commands_cannot_keep_in_one_folder(
    lists: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from filelock import FileLock

    (tmp_path / "kept").mkdir()
    with FileLock(tmp_path / "kept" / ".lock").acquire(timeout=0), pytest.raises(Busy):
        bidui.link(*lists, keep=tmp_path / "kept")
