"""Nothing outside the data folder, and nothing that others can read, whatever the umask; nothing is left by a process that was killed.
Sheet files of openpyxl were once left in the system's temporary folder with children's IDs."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from bidui.cli import main
from pipelines.store.private import private_work
from tests.lib.nights import AS_OF, Begun, night
from tests.lib.small_exports import good
from tests.lib.two_lists import PEOPLE
from tests.lib.warm_program import COMMAND, WarmProgram

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has neither umask nor these modes: folders inherit their rights")


@dataclass(frozen=True)
class Machine:
    """A machine whose user has a home, a temporary folder and a folder to work in, all of them empty."""

    program: WarmProgram
    home: Path
    temporary: Path
    working: Path

    def run(self, *words: object, umask: int = 0, script: str = COMMAND) -> subprocess.CompletedProcess[str]:
        """A command, or a script, as a process of its own."""
        variables = {
            k: v for k, v in os.environ.items() if k not in ("MPLCONFIGDIR", "TEMP", "TMP", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
        }
        variables |= {"HOME": str(self.home), "TMPDIR": str(self.temporary), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        return self.program.run(script, [*map(str, words)], self.working, variables, umask)

    def left(self) -> list[str]:
        """What lies in the home and the temporary folder."""
        return [str(path) for folder in (self.home, self.temporary) for path in folder.rglob("*")]


@pytest.fixture
def machine(tmp_path: Path, program: WarmProgram) -> Machine:
    folders = [tmp_path / name for name in ("home", "temporary", "working")]
    for folder in folders:
        folder.mkdir()
    return Machine(program, *folders)


def readable_by_others(folder: Path) -> list[str]:
    paths = [folder, *folder.rglob("*")]
    return [str(path) for path in paths if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077]


@pytest.mark.parametrize("umask", [0, 0o022])
@pytest.mark.long
def test_every_command_keeps_its_files_to_itself(tmp_path: Path, machine: Machine, umask: int) -> None:
    data, results = tmp_path / "data", tmp_path / "results"
    results.mkdir(mode=0o700)
    demo = machine.run("demo", data, "--children", 100, umask=umask)
    assert demo.returncode == 0, demo.stderr
    assert readable_by_others(data) == []
    persons = data / "curated/current/persons.parquet"
    assert persons.exists()
    exports = sorted((data / "raw").rglob("*.xlsx"))[:2]
    commands: list[tuple[object, ...]] = [
        ("init", data / "another"),
        ("run", "--root", data, "--as-of", "2020-04-16"),
        ("explain", "P0000001", "--root", data),
        ("backup", results / "备份.zip", "--root", data),
        ("restore", results / "备份.zip", "--root", data / "restored"),
        ("history", "--root", data, "--out", results / "名单.xlsx"),
        ("check", exports[0], "--out", results / "检查.xlsx"),
        ("link", *exports, "--out", results / "比对.xlsx", "--save-model", results / "模型.json"),
        ("link", *exports, "--out", results / "比对.parquet"),
        ("dedupe", exports[0], "--out", results / "查重.xlsx"),
        ("dedupe", exports[0], "--out", results / "再查.parquet", "--against", results / "查重.xlsx"),
        ("link", *exports, exports[0], "--out", results / "三个.parquet"),
    ]
    for words in commands if umask == 0 else commands[:1]:
        done = machine.run(*words, umask=umask)
        assert done.returncode in (0, 1), (words, done.stderr)
    two = _two_rows(data)
    for kind in ("svg", "png"):
        (results / f"图.{kind}").touch(mode=0o666)
        done = machine.run("explain", *two, "--root", data, "--chart", results / f"图.{kind}", umask=umask)
        assert done.returncode == 0, done.stderr
    assert len(list(results.iterdir())) == (16 if umask == 0 else 2)
    assert readable_by_others(data) == readable_by_others(results) == []
    assert machine.left() == [] and list(machine.working.iterdir()) == []
    assert list((data / "curated/.temporary").iterdir()) == []


def _two_rows(data: Path) -> list[str]:
    import pandas as pd

    return pd.read_parquet(data / "curated/current/records.parquet")["record_id"].head(2).tolist()


def test_a_notebook_s_link_leaves_nothing(machine: Machine) -> None:
    script = f"""
import tempfile, pandas as pd, bidui
people = pd.DataFrame({PEOPLE[:20]!r})
before = tempfile.gettempdir()
bidui.link(people, people)
bidui.dedupe(people)
assert tempfile.gettempdir() == before
"""
    done = machine.run(script=script)
    assert done.returncode == 0, done.stderr
    assert machine.left() == []


KILLED_IN_A_WORKBOOK = """
import os, sys, pathlib, tempfile
import reports.book.write as write
from pipelines.night.job import run_job
from datetime import date

def half(book, file, _write=write.write_rows_sheet):
    def killed(*given, **named):
        _write(*given, **named)
        tempfile.NamedTemporaryFile(delete=False).write("韦家乐".encode())  # as openpyxl would
        os.kill(os.getpid(), 9)
    write.write_rows_sheet = killed
    return _real(book, file)

_real, write._write_sheets = write._write_sheets, half
run_job(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["DATA"]), date(2020, 4, 15), ["安阳镇"])
"""


@pytest.mark.long
def test_a_kill_in_the_middle_of_a_workbook_leaves_nothing_outside_and_the_next_start_removes_what_is_inside(
    tmp_path: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = good(tmp_path / "data")
    monkeypatch.setenv("DATA", str(data))
    done = machine.run(script=KILLED_IN_A_WORKBOOK)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert machine.left() == [] and list(machine.working.iterdir()) == []
    (folder,) = (data / "curated/.temporary").iterdir()
    assert any(path.read_bytes() == "韦家乐".encode() for path in folder.iterdir() if path.name.startswith("tmp"))
    assert readable_by_others(data / "curated") == []
    assert list(data.rglob("*.partial"))
    assert machine.run("run", "--root", data, "--as-of", "2020-04-15", "--township", "安阳镇").returncode == 0
    assert not list(data.rglob("*.partial"))
    assert list((data / "curated/.temporary").iterdir()) == []


# ---- the folder of temporary files -------------------------------------------------------------------------------------


def test_temporary_files_of_every_library_and_process_are_in_it(tmp_path: Path) -> None:
    with private_work(tmp_path) as folder:
        assert folder.parent == tmp_path / "curated/.temporary"
        with tempfile.NamedTemporaryFile() as file:
            assert Path(file.name).parent == folder
        code = "import tempfile; print(tempfile.gettempdir())"
        there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        assert Path(there) == folder
        (tmp_path / "new").touch()
        assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600
    assert not folder.exists() and Path(tempfile.gettempdir()) != folder
    assert "MPLCONFIGDIR" not in os.environ or os.environ["MPLCONFIGDIR"] != str(tmp_path / "curated/.fonts")


def test_nothing_changes_for_who_goes_on_after_an_error(tmp_path: Path) -> None:
    before, umask = tempfile.gettempdir(), os.umask(0o022)
    with pytest.raises(ValueError), private_work(tmp_path):
        raise ValueError
    assert tempfile.gettempdir() == before and os.umask(umask) == 0o022


def test_a_folder_at_work_stays_and_one_that_was_left_goes(tmp_path: Path) -> None:
    with private_work(tmp_path) as first:
        left = first.with_name("bidui-left")
        left.mkdir()
        (left / ".lock").touch()
        (left / "孩子.xlsx").touch()
        fresh = first.with_name("bidui-fresh")
        fresh.mkdir()
        with private_work(tmp_path) as second:
            assert first.exists() and fresh.exists() and not left.exists() and second != first
        os.utime(fresh, (0, 0))  # killed before it took its lock
        with private_work(tmp_path):
            assert not fresh.exists()


def test_without_a_data_folder_or_without_rights_it_is_a_private_one_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    data = tmp_path / "data"
    for root in (None, data):
        with private_work(root) as folder:
            assert folder.parent == tmp_path and stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert not data.exists()
        assert list(tmp_path.iterdir()) == []
    data.mkdir()
    (data / "curated").touch()  # as a disk that is read-only: nothing can be made in it
    with private_work(data) as folder:
        assert folder.parent == tmp_path


def test_another_user_s_folder_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "bidui-other").mkdir()
    (tmp_path / "bidui-other/.lock").touch()
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    with private_work(None):
        assert (tmp_path / "bidui-other").exists()


def test_a_refused_command_makes_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (("run",), ("explain", "P1"), ("history",)):
        assert main([*words, "--root", str(tmp_path)]) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_a_night_leaves_no_temporary_file(tmp_path: Path, begun: Begun) -> None:
    begun(good, townships=None)
    night(tmp_path, AS_OF, townships=None)
    assert list((tmp_path / "curated/.temporary").iterdir()) == []
    assert readable_by_others(tmp_path / "curated") == readable_by_others(tmp_path / "outbox") == []


# ---- processes ---------------------------------------------------------------------------------------------------------

POOL = """
import os, sys, time
from reports.book.processes import worker_processes

def work(place):
    open(place, "w").write(str(os.getpid()))
    time.sleep(600)

if __name__ == "__main__":
    with worker_processes(2) as submit:
        for done in [submit(work, os.path.join(sys.argv[1], name)) for name in "ab"]:
            done.result()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_worker_outlives_its_parent_or_prints(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C reaches all of them at once; a kill only the parent."""
    script = tmp_path / "pool.py"
    script.write_text(POOL, encoding="utf-8")
    places = tmp_path / "places"
    places.mkdir()
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    ours = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)  # noqa: E731
    process = subprocess.Popen(
        [sys.executable, str(script), str(places)], env=variables, stderr=subprocess.PIPE, start_new_session=True, preexec_fn=ours
    )
    deadline = time.monotonic() + 60
    while len([place for place in places.iterdir() if place.read_text()]) < 2:
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.05)
    workers = [int(place.read_text()) for place in places.iterdir()]
    (os.kill if number == signal.SIGKILL else os.killpg)(process.pid, number)
    _, error = process.communicate(timeout=60)
    deadline = time.monotonic() + 30
    while any(_alive(worker) for worker in workers):
        assert time.monotonic() < deadline, "a worker goes on"
        time.sleep(0.05)
    text = error.decode()
    assert "Process Spawn" not in text and text.count("Traceback") <= (number == signal.SIGINT)  # the script's own


def _alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    except OSError:
        return False


def test_an_error_of_a_worker_is_handed_on(tmp_path: Path) -> None:
    from reports.book.processes import worker_processes

    with pytest.raises(FileNotFoundError), worker_processes(2) as submit:
        submit(os.remove, tmp_path / "a").result()
