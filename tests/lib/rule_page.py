"""Makes docs/rules.md of the tables: ``python -m tests.lib.rule_page``."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/rules.md"
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from reports.list_rows import SEVERITY  # noqa: E402
from schemas.decisions import DECISION_TABLE  # noqa: E402
from schemas.indicators import INDICATORS, standing_rules  # noqa: E402
from schemas.registry import declared  # noqa: E402
from schemas.rules import DIFFERENCE_NAME, RULE, RULES  # noqa: E402
from schemas.whereabouts import WHEREABOUTS_NAME  # noqa: E402
from tests.lib.plan_county import SETTINGS  # noqa: E402
from tests.lib.rule_cases import CASES, GRADUATE, PAID, Case, Row  # noqa: E402
from tests.spec.test_whereabouts import CASES as CHILDREN  # noqa: E402

_RULES = "../pipelines/reconcile/rules"
_HEAD = """# 规则、去向判定表和指标

本页由 `python -m tests.lib.rule_page` 从规则表（[schemas/rules.py](../schemas/rules.py)，每条的查法在代码所链接的 .sql 文件里）、
判定表（[decisions.py](../schemas/decisions.py)）、
指标表（[schemas/indicators.py](../schemas/indicators.py)）和逐条测试的例子（[tests/lib/rule_cases.py](../tests/lib/rule_cases.py)、
[tests/spec/test_whereabouts.py](../tests/spec/test_whereabouts.py)）生成；例子全部虚构。“方案”指都精准办发〔2020〕13号。
"""


def page() -> str:
    """The page, as Markdown."""
    parts = [
        _HEAD,
        "## 数据不一致的规则\n\n同一原因只算一条：证件号写错的，由它带出的出生日期、性别不再另列；误用亲属证号的、证号残缺的各有其名，不再列为证号不一致。\n",
        _table(
            ("代码", "名称", "何时成立", "程度", "责任单位", "怎么办", "依据"),
            [
                (
                    f"[`{r.code}`]({_RULES}/{r.code}.sql)",
                    r.name,
                    r.compares,
                    SEVERITY[r.severity],
                    r.owner.format("录入单位"),
                    r.advice,
                    r.source,
                )
                for r in RULES
            ],
        ),
        "\n### 例子\n\n儿童有户籍、在本乡镇就读，只写与之不同之处；“—”为不应有任何一条。\n",
        _table(("情形", "数据", "应有"), [(c.says, _data(c), _found(c)) for c in CASES]),
        "\n## 去向判定表\n\n自上而下，第一条成立的即为去向。在读只证明有学籍；国扶登记的在校情况只作线索，不在任何条件中。\n",
        _table(("规则", "去向", "成立条件"), [(f"`{d.rule}`", WHEREABOUTS_NAME[d.code], d.words) for d in DECISION_TABLE]),
        "\n### 例子\n\n",
        _table(
            ("情形", "出生", "比对日期", "去向"),
            [(c.name, c.born, str(c.as_of), WHEREABOUTS_NAME.get(c.code or "", "不在范围内")) for c in CHILDREN],
        ),
        "\n## 指标\n",
        _table(
            ("代码", "名称", "分子", "分母", "不计", "目标", "依据"),
            [
                (
                    f"`{i.code}`",
                    i.name,
                    i.counts,
                    i.of or "（人数）",
                    i.excluded or "—",
                    _aim(i.aim, i.of),
                    SETTINGS.basis(i.cites),
                )
                for i in INDICATORS
            ],
        ),
        "\n## 红黑榜\n\n" + "\n".join(f"{rule}。" for rule in standing_rules(SETTINGS.plan.cited("summons"))),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table of Markdown."""
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (headings, tuple("---" for _ in headings), *rows))


def _data(case: Case) -> str:
    """What a case writes otherwise, registry by registry."""
    said = [
        f"{title}{_row(row)}"
        for registry, title in [(r.key, r.title) for r in declared().values()] + [("quanguo", "全国资助系统")]
        for row in getattr(case, registry, ())
        if row or registry not in ("huji", "xueji")
    ]
    return "；".join([*said, *(f"{declared()[r].title}没有" for r in ("huji", "xueji") if not getattr(case, r))]) or "与上同"


def _row(row: Row) -> str:
    """A row of a registry in words."""
    if row == PAID:
        return "已发放寄宿生补助"
    if row == GRADUATE:
        return "小学毕业"
    shown = (row.items() - PAID.items()) if PAID.items() <= {**row, **PAID}.items() and "资助项目" in row else row.items()
    return (
        "（" + "，".join(f"{heading}：{_words(value)}" for heading, value in row.items() if (heading, value) in shown) + "）"
        if row
        else "有相同的记录"
    )


def _words(value: object) -> str:
    """A cell with the words of ``_WORDS`` for what stands for the child's own."""
    text = "空" if value is None else str(value)
    for code, words in _WORDS.items():
        text = text.replace(code, words)
    return text


_WORDS = {
    "NAME:": "", "ID:一位": "一位写错", "ID:全角错位": "全角数字，两位颠倒", "ID:少一位": "少末一位",
    "ID:生日": "生日一段写错", "BIRTH:随号": "随证号", "ID:丢失": "4.5122…E+17", "ID:遮盖": "451228********…",
    "ID:43B1": "本人证号+43B1", "ID:44B1": "本人证号+44B1", "ID:换号": "又一有效号码",
    "ID:43": "本人证号+43", "ID:42": "本人证号+42", "BIRTH:": "", "FATHER:名": "父亲", "FATHER": "父亲的",
    "BIRTH": "本人的", "GRADE": "应在年级", "ID": "另一有效号码",
}  # fmt: skip


def _found(case: Case) -> str:
    """The names of the rules that find a case."""
    kind = f"（{DIFFERENCE_NAME[case.kind]}）" if case.kind else ""
    return "、".join(dict.fromkeys(RULE[code].name for code in case.found)) + kind if case.found else "—"


def _aim(aim: float | None, of: str | None) -> str:
    """The target of an indicator: a share, or a number."""
    return "—" if aim is None else f"{aim:.0%}" if of else f"{aim:.0f}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
