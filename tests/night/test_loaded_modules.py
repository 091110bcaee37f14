"""Which modules a command loads, and from where: none of the folder it is called in, and no library before it needs one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import bidui

ROOT = Path(__file__).resolve().parents[2]


def process(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """``python`` with these arguments in ``folder``."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environment}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False, encoding="utf-8")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A working folder with modules of the names of this program's packages, and of libraries."""
    for name in ("schemas", "pipelines", "matching", "reports", "typer", "pandas", "calendar"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from the working folder')", encoding="utf-8")
    return tmp_path


def test_modules_in_the_working_folder_do_no_harm(hostile: Path) -> None:
    done = process(hostile, "-m", "bidui", "--version")
    assert (done.returncode, done.stdout) == (0, f"bidui {bidui.__version__}\n")
    done = process(hostile, "-m", "bidui", "run", "--root", ".")
    assert done.returncode == 2 and done.stderr.startswith("未发布任何结果：没有 raw 文件夹"), done.stderr


def test_the_console_script_and_a_worker_do_not_import_from_the_working_folder(hostile: Path) -> None:
    """A worker process of the standard library gets the import path of its parent, the working folder in it."""
    folder = hostile / "bin"
    folder.mkdir()
    script = folder / "bidui-script.py"
    script.write_text(
        "import sys; sys.path.insert(0, '')\n"
        "from bidui.cli import main\n"
        "def work(_):\n"
        "    import schemas.tables\n"
        "    return schemas.tables.__file__\n"
        "if __name__ == '__main__':\n"
        "    from concurrent.futures import ProcessPoolExecutor\n"
        "    from multiprocessing import get_context\n"
        "    with ProcessPoolExecutor(1, get_context('spawn')) as pool:\n"
        "        print(list(pool.map(work, [1])))\n"
        "    sys.exit(main(['--version']))\n",
        encoding="utf-8",
    )
    for name in ("typer", "pandas", "calendar"):
        (hostile / f"{name}.py").unlink()  # the script above puts the working folder first, for libraries too
    done = process(hostile, str(script))
    assert done.returncode == 0, done.stderr
    assert str(ROOT) in done.stdout.splitlines()[0]


def test_a_module_that_has_taken_a_packages_name_is_named(hostile: Path) -> None:
    (hostile / "schemas.py").write_text("", encoding="utf-8")
    done = process(hostile, "-c", "import sys; sys.path.insert(0, ''); import schemas; import bidui")
    assert "another module named schemas is loaded already" in done.stderr


def test_a_folder_with_the_program_itself_can_be_worked_in() -> None:
    assert process(ROOT, "-m", "bidui", "--version", PYTHONPATH="").returncode == 0


def test_the_module_of_the_commands_is_no_second_door(tmp_path: Path) -> None:
    """It did nothing and told the night's scheduler that all was well."""
    done = process(tmp_path, "-m", "bidui.cli", "run")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "请用 bidui 或 python -m bidui\n")


def test_a_refused_command_loads_no_library(tmp_path: Path) -> None:
    """That is what makes a refusal come at once: pandas alone takes longer than all that is needed."""
    refused = [
        "",
        "run --root nowhere",
        "run --rot",
        "explain P1",
        "history",
        "link no.xlsx no.csv",
        "link no.xlsx no.csv no.txt",
        "dedupe no.xlsx",
        "check no.xlsx",
        "serve --root no",
    ]
    script = f"""
import sys
from bidui.cli import main
for words in {refused!r}:
    main(words.split())
    loaded = {{m.partition('.')[0] for m in sys.modules}} & {{'pandas', 'numpy', 'pyarrow', 'duckdb', 'prefect', 'openpyxl'}}
    assert not loaded, (words, loaded)
"""
    done = process(tmp_path, "-c", script)
    assert done.returncode == 0, done.stderr


def test_the_process_that_waits_for_the_nights_loads_no_library_of_a_run(tmp_path: Path) -> None:
    """It stands day and night beside Prefect's server, and took 290 MB."""
    script = "import sys, pipelines.night.runner; print(sorted({'pandas', 'numpy', 'pyarrow', 'duckdb', 'sqlalchemy'} & set(sys.modules)))"
    assert process(tmp_path, "-c", script).stdout == "[]\n"


def test_what_keeps_the_service_running_and_its_status_load_no_prefect(tmp_path: Path) -> None:
    """It takes a second to load, and a service manager asks for the status often."""
    script = "import sys, pipelines.night.status; print(sorted({'prefect', 'pandas', 'duckdb', 'sqlalchemy'} & set(sys.modules)))"
    assert process(tmp_path, "-c", script).stdout == "[]\n"


def test_import_bidui_loads_no_library(tmp_path: Path) -> None:
    done = process(tmp_path, "-c", "import sys, bidui; print(sorted({'typer', 'rich', 'pandas', 'duckdb'} & set(sys.modules)))")
    assert done.stdout == "[]\n"


def test_two_lists_outside_of_any_county_load_no_database(tmp_path: Path) -> None:
    for name in ("甲", "乙"):
        (tmp_path / f"{name}.csv").write_text("姓名,身份证号\n韦家乐,451228201003150016\n", encoding="utf-8")
    script = "import sys; from bidui.cli import main; print(main(sys.argv[1:]), 'sqlalchemy' in sys.modules)"
    done = process(tmp_path, "-c", script, "link", "甲.csv", "乙.csv", "--out", "结果.parquet")
    assert done.stdout.splitlines()[-1] == "0 False", done.stderr
