"""Sheets as rows of cells, laid out as offices lay them out. All persons are made up (虚构)."""

from collections.abc import Sequence

from pipelines.files.containers import sheets
from pipelines.files.grid import GridRows
from tests.lib.small_exports import HEADINGS, id_of, pupil

Row = Sequence[object]

A, B = id_of("20100315", 1), id_of("20110401", 2)

PUPILS = [pupil("韦家乐", A, "20100315"), pupil("蓝小花", B, "20110401")]


def grid(rows: Sequence[dict[str, object]] = PUPILS, registry: str = "xueji") -> list[list[object]]:
    """Headings and rows as an export has them."""
    return [list(HEADINGS[registry]), *([row.get(h) for h in HEADINGS[registry]] for row in rows)]


def changed(heading: str, value: object) -> list[list[object]]:
    """The first child's cell under ``heading`` is ``value``."""
    rows = grid()
    rows[1][rows[0].index(heading)] = value
    return rows


def doubled(heading: str) -> list[list[object]]:
    """``heading`` stands a second time at the end, above another value."""
    rows = grid()
    return [[*row, heading if not n else "别人"] for n, row in enumerate(rows)]


def decorated_headings() -> list[list[object]]:
    """Headings with an asterisk before, or a line end inside and （必填） behind."""
    rows = grid()
    rows[0] = [f" {h[:1]}\n{h[1:]}（必填）" if i % 2 else f"*{h}" for i, h in enumerate(rows[0])]
    return rows


def two_rows_of_headings() -> list[list[object]]:
    """A group of columns over each heading; 姓名 stands twice, the child's and the guardian's."""
    upper = ["学生基本信息", None, None, None, "监护人1", None, "学籍状况", None]
    lower = ["姓名", "身份证件号", "出生日期", "学校名称", "姓名", "关系", "学生状态", "就读方式"]
    return [["2020年春季花名册"], upper, lower, ["韦家乐", A, "20100315", "安阳小学", "韦大山", "父亲", "在读", "走读"]]


def headings_on_each_page() -> list[list[object]]:
    """The two rows of headings again above the second child."""
    title, *page = two_rows_of_headings()
    return [title, *page, *page[:2], ["蓝小花", B, "20110401", "安阳小学", "蓝三", "父亲", "在读", "走读"]]


def renamed_heading(heading: str, written: str) -> list[list[object]]:
    """The two pupils, one of their headings written otherwise."""
    head, *rows = grid()
    return [[written if cell == heading else cell for cell in head], *rows]


def misspelt_headings() -> list[list[object]]:
    """Every heading with one wrong character."""
    return [["学生姓明", "身份证号玛", "学生状太", "就读方氏"], ["韦家乐", A, "在读", "走读"]]


def other_hints() -> list[list[object]]:
    """What the hint names is another thing."""
    rows = grid()
    others = (
        ["学校名称（原就读）", "姓名（拼音）", "出生日期（农历）", "联系电话（班主任）"],
        *[["老学校", "WEI", "20100101", "13800000000"]] * 2,
    )
    return [[*other, *row] for other, row in zip(others, rows, strict=True)]


def remarks_first() -> list[list[object]]:
    """What a footer begins with may stand beside a child."""
    remarks = ("备注", "说明：父母外出务工", "联系人：韦大山")
    return [[said, *row] for said, row in zip(remarks, grid(), strict=True)]


def table_names() -> list[list[object]]:
    """A title's word may stand in a child's first cell."""
    rows = [["安阳镇", None, "2020年春季学期学生名册"], ["乡镇", "学校名称", "姓名", "身份证件号", "学生状态", "年级"]]
    return [*rows, ["安阳镇", "甲校", "韦家乐", A, "在读", "一年级"], ["安阳镇", None, "韦小明"], ["安阳镇", "甲校", "韦小红"]]


def number_ids() -> list[list[object]]:
    """IDs that a spreadsheet took for numbers: digits lost, or written with an exponent."""
    rows = grid()
    place = HEADINGS["xueji"].index("身份证件号")
    rows[1][place], rows[2][place] = float(A[:15] + "000"), "4.51228E+17"
    return rows


def two_columns_for_the_id() -> list[list[object]]:
    """The second heading's column is filled where the first one's is not."""
    rows = grid()
    at, name = rows[0].index("身份证件号"), rows[0].index("姓名")
    wider = [[*row[: at + 1], None, *row[at + 1 :]] for row in rows]
    wider[0][at + 1] = "身份证号"
    wider[2][at + 1], wider[2][at], wider[2][name] = wider[2][at], None, None
    return wider


def guardians_id() -> list[list[object]]:
    """An ID behind the guardian's name is the guardian's."""
    rows = grid([PUPILS[0], PUPILS[1] | {"身份证件号": None}])
    return [[*row, "身份证号" if not i else id_of("19750301", 1)] for i, row in enumerate(rows)]


def side_by_side() -> list[list[object]]:
    """Two lists beside each other, an empty column between."""
    left, right = grid(), grid([PUPILS[1] | {"姓名": "莫三", "身份证件号": id_of("20090101", 3), "全国学籍号": None}])
    return [[*one, None, *other] for one, other in zip(left, [*right, [None] * len(right[0])], strict=True)]


def without_the_number() -> list[list[object]]:
    """Two lists side by side, of which the right one is not numbered."""
    one, other = grid(), grid([pupil("莫三", id_of("20090101", 3), "20090101"), pupil("莫四", id_of("20090201", 3), "20090201")])
    return [[*left, *right[1:]] for left, right in zip(one, other, strict=True)]


def other_order_below() -> list[list[object]]:
    """A second list below the first, its columns the other way round."""
    rows = grid()
    below = grid([pupil("莫三", id_of("20090101", 3), "20090101")])
    return [*rows, *(row[::-1] for row in below)]


def footers() -> list[list[object]]:
    """All that offices write below a list, a child with a remark last."""
    rows = grid([*PUPILS, pupil("莫三", id_of("20090101", 3), "20090101")])
    names = (
        ["填表人：", "李四", "审核人：", "王五", "日期：", "2020.4.1"],
        ["校长签字：", "黄六"],
        ["共", "3人"],
        ["以下空白"],
        ["制表：", "李四"],
        ["经办人", "韦七"],
        ["共 3 人"],
        ["本页小计", "3"],
        ["第 1 页 共 3 页"],
        ["学校（盖章）"],
        ["打印时间：2020-03-01"],
    )
    title = "都安县2020年春季学期学生花名册"
    width = len(rows[0])
    remark: list[object] = [None] * width
    remark[0], remark[rows[0].index("姓名")] = "备注：待核", "韦小红"
    return [[title], *rows, *([*cells, *[None] * (width - len(cells))] for cells in (*names, [title])), remark]


def long_cell() -> list[list[object]]:
    """An address of 350,000 characters, more than a cell of Excel can hold."""
    rows = grid()
    rows[1][HEADINGS["xueji"].index("现住址")] = "长" * 350_000
    return rows


def rows_of(content: bytes) -> GridRows:
    """The rows of the only sheet."""
    (grid,) = sheets(content)
    return grid.head(len(grid))
