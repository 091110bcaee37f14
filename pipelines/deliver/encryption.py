"""Workbooks with a password to open them (MS-OFFCRYPTO, agile: AES-256 and SHA-512), as Excel, WPS and LibreOffice open them."""

import io

from pipelines.deliver.failures import NotDelivered


def encrypted(workbook: bytes, password: str) -> bytes:
    """The .xlsx ``workbook`` encrypted, tried out: it opens with the password and is what it was. Raises NotDelivered where it does not.
    Neither the password nor anything of the workbook is in what is raised."""
    from msoffcrypto.format.ooxml import OOXMLFile  # it takes long to load

    try:
        out = io.BytesIO()
        OOXMLFile(io.BytesIO(workbook)).encrypt(password, out)
        content = out.getvalue()
    except MemoryError:
        raise
    except Exception:  # of many kinds, and their text may quote what they read
        raise NotDelivered("not_encrypted") from None
    if not is_of(content, workbook, password):
        raise NotDelivered("not_encrypted")
    return content


def is_of(content: bytes, workbook: bytes, password: str | None) -> bool:
    """Is ``content`` the ``workbook``, as it is, or with this password where there is one?"""
    return content == workbook if password is None else _opened(content, password) == workbook


def _opened(content: bytes, password: str) -> bytes | None:
    """The workbook without its password; None where there is none, or another. The password is not verified first, which takes as long
    as opening: what another one decrypts is no workbook."""
    from msoffcrypto.format.ooxml import OOXMLFile

    try:
        office, out = OOXMLFile(io.BytesIO(content)), io.BytesIO()
        office.load_key(password=password)
        office.decrypt(out)
    except MemoryError:
        raise
    except Exception:
        return None
    return out.getvalue()
