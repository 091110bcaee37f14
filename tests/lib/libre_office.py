"""A workbook opened in LibreOffice without a screen: by a macro, because no option of its command line takes a password."""

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

OFFICE = shutil.which("soffice")
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MODULE = f"""{_XML}<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Opening" script:language="StarBasic">
Sub Main
  Dim given(1) As New com.sun.star.beans.PropertyValue
  given(0).Name = "Hidden"
  given(0).Value = True
  given(1).Name = "Password"
  given(1).Value = "{{password}}"
  book = StarDesktop.loadComponentFromURL("{{source}}", "_blank", 0, given())
  file = FreeFile
  Open "{{target}}" For Output As #file
  Print #file, book.Sheets.getByIndex(0).getCellByPosition(0, 0).String
  Close #file
  StarDesktop.terminate()
End Sub
</script:module>
"""
_LIBRARY = f"""{_XML}<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false"><library:element library:name="Opening"/></library:library>
"""
_LIBRARIES = f"""{_XML}<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink">
 <library:library library:name="Standard" xlink:href="$(USER)/basic/Standard/script.xlb/" xlink:type="simple" library:link="false"/>
</library:libraries>
"""


def first_cell(workbook: Path, password: str, folder: Path) -> str | None:
    """What LibreOffice shows in the first cell of ``workbook``; None where it does not open. ``folder``: for its profile."""
    basic, target = folder / "user/basic/Standard", folder / "cell.txt"
    _started(folder, "--terminate_after_init")  # makes the profile, which it would put in the macro's place
    macro = _MODULE.format(password=password, source=workbook.as_uri(), target=target)
    for path, text in (
        (basic / "Opening.xba", macro),
        (basic / "script.xlb", _LIBRARY),
        (basic.parent / "script.xlc", _LIBRARIES),
    ):
        path.write_text(text, encoding="utf-8")
    _started(folder, "macro:///Standard.Opening.Main")
    return target.read_text(encoding="utf-8").strip() if target.exists() else None


def _started(folder: Path, what: str) -> None:
    command = [str(OFFICE), f"-env:UserInstallation={folder.as_uri()}", "--headless", what]
    with suppress(subprocess.TimeoutExpired):  # a macro that breaks off leaves it waiting
        subprocess.run(command, capture_output=True, timeout=60, check=False)
