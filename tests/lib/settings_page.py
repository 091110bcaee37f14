"""Makes docs/settings.md of the settings as declared: ``python -m tests.lib.settings_page``."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from schemas.county_names import LONGEST_NAME
from schemas.county_template import allowed, county_toml, toml_value
from schemas.county_toml import read_settings
from schemas.delivery_settings import Recipient
from schemas.divisions.county_search import HOW_A_COUNTY_IS_NAMED
from schemas.divisions.divisions_file import DIVISION_COLUMNS
from schemas.plan import CITATIONS
from schemas.settings import SETTING_NAMES, Settings
from schemas.words import DIVISION_STATE_NAME

PAGE = Path(__file__).resolve().parents[2] / "docs/settings.md"

_HEAD = f"""# 一个县的设置

*This page is made by `python -m tests.lib.settings_page` from [schemas/settings.py](../schemas/settings.py). It is written for the county's office.*

一个县、一个年度自己的东西都在数据文件夹的两个文件里：`county.toml`（设置）和 `divisions.csv`（乡镇和村）。程序里没有哪个县的名字。两个文件都可以没有，
没有时按《都安瑶族自治县2020年义务教育保障战役实施方案》的县（451228）和出生日期范围。

```sh
bidui init data --county 451229      # 也可以写县名，见下
bidui check data/county.toml         # 改完检查；写错的地方指出第几行、怎么改
```

`--county` 接受{HOW_A_COUNTY_IS_NAMED}。不止一个县用的名字，会连同所在的省、市列出来，让你写代码；省、市的代码或名字不是县，会列出它的县。

`bidui init` 建好各系统的文件夹、`inbox`、`county.toml` 和 `divisions.csv`，只有本人账户能读；已经有的不改。放入导出文件后再运行一次，
会把导出文件里有、区划表里没有的村和写法加在 `divisions.csv` 末尾，等县里核对。

有错时什么也不发布，每处错写明文件、行号和改法，如 `county.toml 第12行：[retention] 的 runs：应不小于 2`；不认识的名字会提示相近的。两个文件的错一次全部列出。

## 各项设置

改了设置，多数在下次比对（`bidui run`，或夜间的比对）时起作用，已发布的结果不变；“何时起作用”写明例外。
"""
_NEXT_RUN = "下次比对"
# Setting -> when it takes effect, where it is not the next run.
WHEN = {
    "nightly_hour": "重新启动 `bidui serve`",
    "retention.prefect_days": "重新启动 `bidui serve`",
    "weekly_day": "下次比对；每周送出核查表的日子，重新启动 `bidui serve`",
    "retention.runs": "下次比对发布以后",
    "retention.outbox_days": "下次比对发布以后",
    "retention.snapshots_days": "下次比对发布以后",
    "database": "下一个命令。已有结果的，先用 `bidui backup` 备份，改好以后用 `bidui restore` 恢复到新库",
}
# The same of all settings of a table.
_WHEN_OF_TABLE = dict.fromkeys(("mail", "recipients"), "下一次 `bidui deliver`（[deliver.md](deliver.md)）")
_DIVISIONS = f"""
## 乡镇和村：divisions.csv

表头：{"、".join(DIVISION_COLUMNS)}。用 Excel 或 WPS 打开，改完仍存为 CSV（UTF-8 或系统默认编码都可以）。

- 一行写一个村：`乡镇`、`村`。只写 `乡镇` 的行是乡镇本身。`乡镇代码` 是 9 位，没有的空着。
- `写法`：同一个地方的另一种写法（旧称、简称、别字），写在这个乡镇或村的行上。简称（去掉“村”“社区”“镇”“乡”）、村委会、居委会等不用写。
- `行数`：本县导出文件里有多少行这样写，只供核对。
- `状态`：`{DIVISION_STATE_NAME["official"]}`（区划表里的，空着也算）；`{DIVISION_STATE_NAME["proposed"]}`（导出文件里有的，还没有生效）；
  `{DIVISION_STATE_NAME["accepted"]}`（县里认可的）。待定的核对无误改为采用；不是地名或不认可的留着不动，不会再提。

写错的行：一个乡镇有两个代码、一个代码给了两个乡镇、代码不是本县的、一种写法指两个地方、内容超出表头、引号没有成对，都是错误，改好以后才能比对。
重复的行、“行数”不是整数的只提示，不影响比对。

区划表里没有的乡镇和村仍是这个孩子的住址：按文字比对，名单上照写。乡镇不在表里的孩子只在全县汇总表里，按“乡镇不明”计数，不会少；比对完会说有多少名、是哪些乡镇，汇总表封面也列出。添进表里，以后就有自己的核查表。
只在一行里出现的地名不作提议，因为可能是填错列的内容。

全国的乡镇和村是国家统计局 2023-06-30 的统计用区划代码（[NOTICE](../NOTICE)），没有自然屯。县里的 `divisions.csv` 优先。

## 名字

县名、乡镇、村、系统名（`title`）和责任单位（`owner`）会成为文件名的一部分：最多 {LONGEST_NAME} 字，不能有 `/ \\ : * ? " < > |`、换行等看不见的字符，
开头结尾不能是空格或点，不能是 Windows 保留的设备名（CON、NUL 等）。

## bidui init 写的 county.toml

"""


def page() -> str:
    """The page, as Markdown."""
    dahua = read_settings('[county]\ncode = "451229"\n')
    rows = [row for name in SETTING_NAMES for row in _rows(name)]
    table = "\n".join(
        "| " + " | ".join(cells) + " |" for cells in (("设置", "默认", "允许", "何时起作用", "说明"), ("---",) * 5, *rows)
    )
    return _HEAD + "\n" + table + "\n" + _DIVISIONS + f"```toml\n{county_toml(dahua)}```\n"


def _rows(name: str) -> Iterator[tuple[str, ...]]:
    field = Settings.model_fields[name]
    default = field.get_default(call_default_factory=True)
    if name == "recipients":
        yield _row(f'{name}."名称"', "", field)
        for key, inner in Recipient.model_fields.items():
            yield _row(f'{name}."名称".{key}', "", inner)
        return
    if not isinstance(default, BaseModel):
        yield _row(name, _default(default), field)
        return
    for key, inner in type(default).model_fields.items():
        if key == "citations":
            subjects = "；".join(f"`{subject}` {meaning}" for subject, meaning in CITATIONS.items())
            yield _row(f"{name}.{key}", "", inner, f"：{subjects}")
        else:
            yield _row(f"{name}.{key}", _default(getattr(default, key)), inner)


def _row(name: str, default: str, field: FieldInfo, more: str = "") -> tuple[str, ...]:
    when = _WHEN_OF_TABLE.get(name.partition(".")[0]) or WHEN.get(name, _NEXT_RUN)
    return f"`{name}`", default, allowed(field), when, _cell(f"{field.description}{more}")


def _default(value: object) -> str:
    return "" if value in (None, {}, []) else f"`{toml_value(value)}`"


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
