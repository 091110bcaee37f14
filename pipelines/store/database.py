"""The store's database: SQLite in ``curated/bidui.db``, or PostgreSQL where ``database`` in county.toml names one.

SQLite keeps a rollback journal and not a write-ahead log: the latter needs memory that processes share, which a network drive does
not have. ``synchronous = extra`` also puts the removal of the journal, which is the commit, on the disk before a folder follows it.
"""

import os
import shutil
import sqlite3
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, RowMapping, create_engine, event, inspect, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from pipelines.files.opening import read_file
from pipelines.files.refusal import FileRefused
from pipelines.guard import DiskFull, Foreseen, is_disk_full, kind_and_place
from pipelines.store.folders import private_folder
from pipelines.store.state_tables import RECORDS_OF_THE_STORE, REVISION, STATE_KEYS
from schemas.county_toml import COUNTY_FILE

DATABASE = "bidui.db"
_WAIT = 30
_DRIVER = "postgresql+psycopg"
_PRAGMAS = ("journal_mode = delete", "synchronous = extra", "temp_store = memory", "cache_size = -400000", "cache_spill = off")
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_REFUSED = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)


class StoreRefused(Foreseen):
    """The store cannot be opened or written; the message, in Chinese, says why and how to mend it."""


class StoreDamaged(StoreRefused):
    """The file of the database is not one, or not whole."""


class Database:
    """The database of a data folder; ``setting``: a PostgreSQL URL, or None for SQLite; ``name``: of SQLite's file; ``wait``: seconds for
    another process to finish its transaction, or for the server to answer."""

    def __init__(self, root: Path, setting: str | None = None, name: str = DATABASE, wait: int = _WAIT) -> None:
        self.file = None if setting else root / "curated" / name
        self._wait = wait
        self._setting = setting
        self._engine: Engine | None = None

    @property
    def place(self) -> str:
        """What it is called in a message: without password."""
        return str(self.file) if self.file else _url(str(self._setting)).render_as_string(hide_password=True)

    def exists(self) -> bool:
        """Is there a database? PostgreSQL's is taken to be, though it may have no tables yet."""
        return self.file is None or self.file.exists()

    def create_file(self) -> None:
        """SQLite's file, for its owner alone; its journal gets the same permission."""
        if self.file:
            for path in (self.file, _journal(self.file)):
                path.unlink(missing_ok=True)
            os.close(os.open(self.file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state. Raises StoreRefused."""
        with self._explained(), self._readable() as connection:
            if self.file is None:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, committed at the end. Raises StoreRefused, and DiskFull."""
        with self._explained(), self._connection() as connection:
            connection = connection.execution_options(bidui_writes=True)
            with connection.begin():
                yield connection

    def revision(self) -> str | None:
        """The format that the database has; None where PostgreSQL's has no tables yet. Raises StoreRefused where it is of a newer program,
        StoreDamaged where SQLite's file has no tables: it gets its name only once it has."""
        with self.reading() as connection:
            found = _revision_of(connection)
        if found is None and self.file:
            raise self._damaged()
        return found

    def check_whole(self) -> None:
        """Raises StoreDamaged where SQLite finds its file damaged."""
        if self.file:
            with self.reading() as connection:
                if connection.exec_driver_sql("pragma quick_check(1)").scalar() != "ok":
                    raise self._damaged()

    def rewrite(self, tables: Iterable[str]) -> None:
        """Write SQLite's file, or PostgreSQL's ``tables``, anew, so that nothing of rows that are gone is left in them. Raises StoreRefused, and DiskFull."""
        with self._explained(), self._connection() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            if self.file:
                driver.execute("vacuum")
                return
            driver.autocommit = True
            for table in tables:
                driver.execute(f"vacuum full {table}")

    @contextmanager
    def _readable(self) -> Iterator[Connection]:
        """A connection to read by. A transaction that was cut off is rolled back by whoever reads next; on a disk that is only to be
        read, where that cannot be done, in a copy."""
        with ExitStack() as stack:
            try:
                connection = self._connection()
            except OperationalError as error:
                if self.file is None or _sqlite_number(error) not in _REFUSED or not _journal(self.file).exists():
                    raise
                folder = Path(stack.enter_context(TemporaryDirectory(prefix="bidui-")))
                copy = Database(folder)
                assert copy.file is not None
                private_folder(copy.file.parent)
                for source, target in ((self.file, copy.file), (_journal(self.file), _journal(copy.file))):
                    shutil.copyfile(source, target)
                connection = copy._connection()
            yield stack.enter_context(connection)

    def _connection(self) -> Connection:
        if self.file and not self.file.exists():  # SQLite would make an empty one
            raise StoreRefused(f"没有数据库 {self.file}")
        if self._engine is None:
            self._engine = self._engine_of()
        return self._engine.connect()

    def _engine_of(self) -> Engine:
        common: dict[str, Any] = {"hide_parameters": True, "poolclass": NullPool}
        if self.file is None:
            try:
                return create_engine(_url(str(self._setting)), connect_args={"connect_timeout": self._wait}, **common)
            except ImportError:
                raise StoreRefused("数据库设为 PostgreSQL，但没有安装 psycopg。请安装 bidui[postgres]") from None
        engine = create_engine(URL.create("sqlite", database=str(self.file)), connect_args={"timeout": self._wait}, **common)
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if not isinstance(error, SQLAlchemyError | sqlite3.Error) and not type(error).__module__.startswith("psycopg"):
                raise
            raise self._sentence(error) from None

    def _sentence(self, error: Exception) -> Exception:
        number = _sqlite_number(error)
        if is_disk_full(error) or (number == sqlite3.SQLITE_CANTOPEN and self.file and _no_file_more(self.file.parent)):
            return DiskFull(f"磁盘已满：写不进数据库 {self.place}。请清理后重新运行；已有的结果未受影响")
        if number in _DAMAGED:
            return self._damaged()
        if number in _REFUSED:
            return StoreRefused(f"数据库 {self.place} 打不开或写不进（没有权限，或磁盘是只读的）")
        if number in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return StoreRefused(f"数据库 {self.place} 正被其他程序占用，请稍后再试")
        if number == sqlite3.SQLITE_IOERR:
            return StoreRefused(f"数据库 {self.place} 读写出错（磁盘读写出错）")
        if self.file is None and isinstance(error, OperationalError):
            return StoreRefused(f"连不上数据库 {self.place}，或读写出错。请检查 {COUNTY_FILE} 里的 database 和数据库服务")
        return StoreRefused(f"数据库 {self.place} 出错（{kind_and_place(error)}），请把括号内的文字告诉技术人员")

    def _damaged(self) -> StoreDamaged:
        return StoreDamaged(f"数据库 {self.place} 已损坏。请运行 bidui run（由最近一次结果重建），或用 bidui restore 从备份恢复")


def database_setting(root: Path) -> str | None:
    """``database`` of the county's settings, None where there is none or the file cannot be read, which a run refuses."""
    try:
        return database_named(read_file(root / COUNTY_FILE))
    except (OSError, FileRefused):
        return None


def database_named(county_toml: bytes) -> str | None:
    """``database`` in the content of a county.toml; None where there is none, or the file is not valid."""
    try:
        setting = tomllib.loads(county_toml.decode("utf-8-sig")).get("database")
    except ValueError:
        return None
    return setting if isinstance(setting, str) else None


def _revision_of(connection: Connection) -> str | None:
    """The format that the database has, None where it has no tables. Raises StoreRefused where it is of a newer program."""
    if not has_tables(connection):
        return None
    revision = connection.exec_driver_sql("select version_num from alembic_version").scalar()
    if revision is not None and revision > REVISION:
        raise StoreRefused(f"数据由更新版本的程序写成（数据库格式 {revision}，本程序只认识到 {REVISION}）。请安装新版本后再运行")
    return revision


def has_tables(connection: Connection) -> bool:
    """Has the store been made in this database?"""
    return inspect(connection).has_table("alembic_version")


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the database to the newest format, or to that of ``revision``, within the transaction of ``connection``."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "pipelines.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def drop_all(connection: Connection) -> None:
    """Remove the store's tables, within the transaction of ``connection``."""
    found, own = MetaData(), {*STATE_KEYS, *(table.name for table in RECORDS_OF_THE_STORE), "alembic_version"}
    found.reflect(connection, only=lambda name, _: name in own)
    found.drop_all(connection)
    if connection.dialect.name == "postgresql":
        for name in ("audit", "deliveries"):
            connection.exec_driver_sql(f"drop function if exists {name}_append_only")


def selected_rows(connection: Connection, query: Any) -> Sequence[RowMapping]:
    """The rows that ``query`` gives."""
    return connection.execute(query).mappings().all()


def _url(setting: str) -> URL:
    try:
        url = make_url(setting)
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() != "postgresql":
        raise StoreRefused(
            f"{COUNTY_FILE}：database 应写成 postgresql://用户:密码@主机/数据库；不写则用 curated/{DATABASE}"
        ) from None
    return url.set(drivername=_DRIVER)


def _prepare(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver would open transactions of its own, and none for a change of tables
    for pragma in _PRAGMAS:
        connection.execute(f"pragma {pragma}")
    connection.execute("pragma schema_version").fetchone()  # reads the file, so that it is here that a journal is in the way


def _journal(file: Path) -> Path:
    """What SQLite needs to undo a transaction that is at work, or was cut off."""
    return file.with_name(f"{file.name}-journal")


def _sqlite_number(error: Exception) -> int:
    """SQLite's number of an error, 0 where it is none of SQLite's."""
    return (getattr(getattr(error, "orig", error), "sqlite_errorcode", None) or 0) & 0xFF


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("bidui_writes")
    connection.exec_driver_sql("begin immediate" if writes else "begin")


def _no_file_more(folder: Path) -> bool:
    """Can no file be made on the disk of ``folder``, though it has room? False where the system does not tell."""
    return hasattr(os, "statvfs") and os.statvfs(folder).f_files > 0 and os.statvfs(folder).f_favail == 0
