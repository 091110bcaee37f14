"""What may be the name of a county, a township, a system or an office: it becomes part of the names of files and of what is printed."""

import unicodedata

LONGEST_NAME = 40  # characters
_SEPARATORS = '/\\:*?"<>|'  # of which Windows allows none in the name of a file
# Names that Windows gives to devices, with whatever ending.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³")}


def fault_of_name(text: object) -> str | None:
    """Why ``text`` cannot be a name, in Chinese, to follow the name of its setting; None where it can."""
    if not isinstance(text, str):
        return "应是文字"
    if not text.strip():
        return "不能为空"
    if len(text) > LONGEST_NAME:
        return f"太长（{len(text)} 字），最多 {LONGEST_NAME} 字"
    if has_control_characters(text):
        return "含有换行、制表符等看不见的字符"
    if found := [char for char in _SEPARATORS if char in text]:
        return f"不能有 {' '.join(found)}，它要用作文件名的一部分"
    if text != text.strip() or text.startswith(".") or text.endswith("."):
        return "开头和结尾不能是空格或点，它要用作文件名的一部分"
    if is_device(text):
        return "是 Windows 保留的设备名，不能用作文件名的一部分"
    return None


def has_control_characters(text: str) -> bool:
    """Does it hold characters that cannot be seen: control characters, line breaks, direction marks? Private ones can: the published
    table writes rare characters of two villages so."""
    return any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp") for char in text)


def is_device(name: str) -> bool:
    """Is it a name that Windows keeps for a device, and that no file or folder can have there?"""
    return name.partition(".")[0].strip().lower() in _DEVICES
