"""Small exports written by hand, in the systems' own headings. All persons are made up."""

from pathlib import Path

import xlwt
from openpyxl import Workbook

from matching.ids import with_check_digit

HEADINGS = {
    "xueji": [
        "序号",
        "学校名称",
        "学段",
        "年级",
        "姓名",
        "性别",
        "出生日期",
        "身份证件号",
        "全国学籍号",
        "户口所在地行政区划",
        "现住址",
        "学生状态",
        "就读方式",
        "学籍变动日期",
        "入学年月",
        "是否建档立卡",
        "残疾人类型",
        "成员1姓名",
        "联系电话",
    ],
    "guofu": [
        "县",
        "乡(镇)",
        "行政村",
        "户编号",
        "人编号",
        "姓名",
        "证件号码",
        "与户主关系",
        "在校生状况",
        "失学或辍学原因",
        "健康状况",
        "联系电话",
    ],
    "canlian": ["姓名", "性别", "身份证号", "残疾证号", "残疾类别", "残疾等级", "出生日期", "监护人姓名", "户籍地址", "持证状态"],
    "huji": ["户号", "公民身份号码", "姓名", "性别", "出生日期", "与户主关系", "户主姓名", "乡镇街道", "居村委会", "人员状态"],
    "zizhu": ["序号", "学校", "年级", "学生姓名", "身份证号", "性别", "资助项目", "资助金额", "学期", "发放状态", "家长姓名"],
}


def id_of(birth: str, number: int, area: str = "451228") -> str:
    """A made-up ID with a right check digit; odd numbers are boys."""
    return with_check_digit(f"{area}{birth}{number:03d}")


def write(root: Path, registry: str, rows: list[dict[str, object]], name: str | None = None, titles: int = 0) -> Path:
    """Write ``rows`` (heading -> cell) as ``root/raw/<registry>/<name>``; the kind of file follows the registry."""
    folder = root / "raw" / registry
    folder.mkdir(parents=True, exist_ok=True)
    headings = HEADINGS[registry]
    table = [[f"{registry} 虚构数据"]] * titles + [headings] + [[row.get(h) for h in headings] for row in rows]
    path = folder / (name or {"huji": "huji.csv", "canlian": "canlian.xls"}.get(registry, f"{registry}.xlsx"))
    if path.suffix == ".csv":
        lines = [
            ",".join("" if c is None else "\t" + str(c) if i == 1 and n else str(c) for i, c in enumerate(r))
            for n, r in enumerate(table)
        ]
        path.write_bytes("\r\n".join(lines).encode("gb18030"))
    elif path.suffix == ".xls":
        old = xlwt.Workbook(encoding="utf-8")
        sheet = old.add_sheet("Sheet1")
        for i, cells in enumerate(table):
            for j, cell in enumerate(cells):
                if cell is not None:
                    sheet.write(i, j, cell)
        old.save(str(path))
    else:
        book = Workbook()
        for cells in table:
            book.active.append(cells)
        book.save(path)
    return path


def pupil(name: str, number: str, birth: str, **other: object) -> dict[str, object]:
    """A row of ``xueji``."""
    row = {
        "学校名称": "安阳镇中心小学",
        "学段": "小学",
        "年级": "三年级",
        "姓名": name,
        "出生日期": birth,
        "身份证件号": number,
        "全国学籍号": f"G{number}" if number else "J000000000000000000",
        "户口所在地行政区划": "451228",
        "现住址": "都安县安阳镇安北社区",
        "学生状态": "在读",
        "就读方式": "走读",
        "成员1姓名": "韦大山",
    }
    return row | other


def resident(name: str, number: str, birth: str, **other: object) -> dict[str, object]:
    """A row of ``huji``."""
    row = {
        "户号": "451228001",
        "公民身份号码": number,
        "姓名": name,
        "出生日期": birth,
        "与户主关系": "长子",
        "户主姓名": "韦大山",
        "乡镇街道": "安阳镇",
        "居村委会": "安北社区",
        "人员状态": "正常",
    }
    return row | other


def poor(name: str, number: str, **other: object) -> dict[str, object]:
    """A row of ``guofu``."""
    row = {
        "县": "都安县",
        "乡(镇)": "安阳镇",
        "行政村": "安北社区",
        "户编号": "4512280001",
        "人编号": number[-6:],
        "姓名": name,
        "证件号码": number,
        "与户主关系": "之子",
        "在校生状况": "小学",
    }
    return row | other


def certificate(name: str, number: str, birth: str, level: int = 1, **other: object) -> dict[str, object]:
    """A row of ``canlian``."""
    row = {
        "姓名": name,
        "身份证号": number,
        "残疾证号": f"{number}4{level}",
        "残疾类别": "肢体",
        "残疾等级": "一二三四"[level - 1] + "级",
        "出生日期": birth,
        "监护人姓名": "韦大山",
        "户籍地址": "都安县安阳镇安北社区",
        "持证状态": "持证",
    }
    return row | other


KIDS = [  # name, number, born; boys
    ("韦家一", "451228201001150012", "20100115"),
    ("韦家二", "451228201002150014", "20100215"),
    ("韦家三", "451228201003150016", "20100315"),
    ("韦家四", "451228201004150018", "20100415"),
    ("韦家五", "45122820100515001X", "20100515"),
    ("韦家六", "451228201006150011", "20100615"),
    ("韦家七", "451228201007150013", "20100715"),
    ("韦家八", "451228201008150015", "20100815"),
    ("韦家九", "451228201009150017", "20100915"),
]


def county(root: Path, pupils: int = 9) -> Path:
    """Nine children, ``pupils`` of them at school."""
    write(root, "huji", [resident(*kid) for kid in KIDS])
    write(root, "xueji", [pupil(*kid) for kid in KIDS[:pupils]])
    write(root, "guofu", [poor(name, number) for name, number, _ in KIDS[:3]])
    write(root, "canlian", [certificate("陆老五", id_of("19500101", 3), "19500101", 3)])
    return root


def good(root: Path) -> Path:
    """A folder on which a run succeeds: one child enrolled, one in no register."""
    write(
        root, "huji", [resident("韦家乐", id_of("20100315", 1), "20100315"), resident("苏小", id_of("20100101", 1), "20100101")]
    )
    write(root, "xueji", [pupil("韦家乐", id_of("20100315", 1), "20100315")])
    write(root, "guofu", [poor("韦家乐", id_of("20100315", 1))])
    write(root, "canlian", [certificate("陆老五", id_of("19500101", 3), "19500101", 3)])
    return root
