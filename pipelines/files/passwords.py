"""Workbooks with a password: opened with those that the county has written into its settings. No password is ever shown or logged."""

import io
from collections.abc import Sequence

from pipelines.files.compound import check_streams
from pipelines.files.refusal import RESAVE, FileRefused

_OF_EXCEL_ITSELF = (
    "VelvetSweatshop"  # a workbook that is only protected against changes; Excel opens it without asking (MS-OFFCRYPTO 2.4.2.3)
)


def no_password() -> FileRefused:
    """The refusal of a workbook that cannot be opened."""
    return FileRefused(
        "encrypted_file",
        "文件设有打开密码。请在 Excel 或 WPS 中取消密码，保存后再放回；某单位总是加密的，可把密码写进 county.toml 的 passwords",
    )


def opened(content: bytes, passwords: Sequence[str]) -> bytes:
    """The workbook without its password: an .xlsx, or an .xls (XOR, RC4, CryptoAPI). ``passwords`` are tried in their order. Raises FileRefused
    where none fits, or one does and what it opens is no workbook."""
    from msoffcrypto import OfficeFile  # it takes long to load, and few files need it

    try:
        check_streams(content)
    except OSError:
        raise FileRefused("unreadable_file", f"文件已损坏或不是 Excel 工作簿，无法打开。{RESAVE}") from None
    fits = False
    for password in (*passwords, _OF_EXCEL_ITSELF):
        try:
            office, out = OfficeFile(io.BytesIO(content)), io.BytesIO()
            if office.format == "ooxml":
                office.load_key(password=password, verify_password=True)
                fits = True
            else:
                office.load_key(password=password)
            office.decrypt(out)
        except MemoryError:
            raise
        except (
            Exception
        ):  # another password, or a file that is damaged as well: what is raised is of many kinds, and may quote cells
            continue
        return out.getvalue()
    if fits:
        raise FileRefused("unreadable_file", f"文件已损坏：密码是对的，解开的却不是工作簿。{RESAVE}")
    raise no_password()
