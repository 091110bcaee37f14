"""How tonight's exports differ from those of the last published run: rows, missing values, codes, columns come and gone.

A registry that lost more than a third of its rows, or of the values of a column that it must have, is not published from. A
truncated export would list children who are at school, or hide those in the missing part. The last run's export is used
instead (``pipelines.intake.last_good``), and the message says so.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from pipelines.intake.sheets import Sheet
from schemas.registry import Registry
from schemas.tables import TABLES

_LEAST_KEPT = 2 / 3  # of the rows
_NOTABLE_ROWS, _NOTABLE_MISSING = 0.10, 0.05  # change in rows; more rows without a field, of all
_LONGEST_CODE, _MOST_CODES = 20, 200


def profile(sheets: Sequence[Sheet], records: pd.DataFrame, registries: Mapping[str, Registry]) -> pd.DataFrame:
    """The table profiles: what the sheets, and the records accepted from them, look like."""
    out: list[dict[str, object]] = []
    for key, registry in registries.items():
        own = [sheet for sheet in sheets if sheet.registry.key == key]
        if own:
            out += _profile(registry, own, records[records["registry"] == key])
    return pd.DataFrame(out, columns=TABLES["profiles"].names)


def _profile(registry: Registry, sheets: list[Sheet], records: pd.DataFrame) -> list[dict[str, object]]:
    def line(measure: str, field: str | None, value: str | None, amount: float) -> dict[str, object]:
        return {"registry": registry.key, "measure": measure, "field": field, "value": value, "amount": float(amount)}

    out = [line("rows", None, None, len(records))]
    for column in registry.columns:
        filled = [sheet.cells[column.field] for sheet in sheets if column.field in sheet.cells]
        if not filled:
            continue
        out.append(line("heading", column.field, column.headings[0], 1))
        if column.field in records and len(records):
            out.append(line("missing", column.field, None, records[column.field].isna().mean()))
        if column.kind == "code":
            values = pd.concat(filled).str.strip()
            counts = values[values.str.len() <= _LONGEST_CODE].value_counts().head(_MOST_CODES)
            out += [line("code", column.field, str(value), count) for value, count in sorted(counts.items())]
    extra = dict.fromkeys(heading for sheet in sheets for heading in sheet.extra)
    return out + [line("heading", None, heading, 1) for heading in extra]


def compare_profiles(before: pd.DataFrame, now: pd.DataFrame, registries: Mapping[str, Registry]) -> pd.DataFrame:
    """The drift table of two profiles; empty where there is none before. Reports of townships are made anew each night of all answers that are
    kept: they can be fewer, but not cut."""
    out: list[dict[str, object]] = []
    for key in sorted({*before["registry"], *now["registry"]}):
        if key in registries and registries[key].role != "report" and (before["registry"] == key).any():
            out += _drift(registries[key], _of(before, key), _of(now, key))
    return pd.DataFrame(out, columns=TABLES["drift"].names)


def _of(profiles: pd.DataFrame, key: str) -> dict[tuple[str, str, str], float]:
    mine = profiles[profiles["registry"] == key]
    keys = zip(mine["measure"], mine["field"].fillna(""), mine["value"].fillna(""), strict=True)
    return dict(zip(keys, mine["amount"], strict=True))


def _drift(registry: Registry, before: Mapping, now: Mapping) -> list[dict[str, object]]:
    out = []
    titles = {c.field: c.headings[0] for c in registry.columns}
    required = {c.field for c in registry.columns if c.required}
    codes = {c.field: c.codes for c in registry.columns if c.kind == "code"}
    for measure, field, value in sorted({*before, *now}):
        was, is_ = before.get((measure, field, value)), now.get((measure, field, value))
        level, change = None, ""
        named = f"“{titles.get(field, value)}”列"
        if measure == "rows":
            level, change = _rows(was or 0, is_ or 0)
        elif not any(m == "rows" for m, _, _ in now):
            continue  # the registry is absent altogether, which the count of its rows says already
        elif measure == "missing" and was is not None and is_ is not None and is_ - was > _NOTABLE_MISSING:
            lost = (1 - is_) <= (1 - was) * _LEAST_KEPT and field in required
            level = "alarm" if lost else "warning"
            change = f"{named}缺失或无法识别的由 {was:.1%} 增至 {is_:.1%}"
        elif measure == "heading" and is_ is None:
            level, change = ("warning" if field else "remark"), f"{named}没有了"
        elif measure == "heading" and was is None:
            level, change = "remark", f"新增{named}" + ("" if field else "，不认识，未使用")
        elif measure == "code" and was is None:
            known = value in codes.get(field, {})
            level, change = (
                ("remark" if known else "warning"),
                f"{named}出现新的值（{is_:,.0f} 行）" + ("" if known else "，不认识"),
            )
        if level:
            out.append(
                {"registry": registry.key, "measure": measure, "field": field or None, "value": value or None, "before": was,
                 "now": is_, "level": level, "message": f"{registry.title}：{change}"}
            )  # fmt: skip
    return out


def _rows(was: float, is_: float) -> tuple[str | None, str]:
    change = f"由 {was:,.0f} 行变为 {is_:,.0f} 行（{(is_ - was) / was:+.1%}）" if was else ""
    if was and is_ <= was * _LEAST_KEPT:
        return "alarm", (change if is_ else f"没有可用的导出，上次有 {was:,.0f} 行") + "，少了三分之一以上"
    return ("warning", change) if was and abs(is_ - was) > was * _NOTABLE_ROWS else (None, "")
