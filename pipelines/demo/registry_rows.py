"""Which people are in which registry, and the values of their rows; typing faults are applied on the way."""

import numpy as np
import pandas as pd

from pipelines.demo.export_formats import CANLIAN, GUOFU_LONG, GUOFU_SHORT, HUJI, XUEJI, ZIZHU, Writer, day_text
from pipelines.demo.export_values import GRADES, second_number
from pipelines.demo.made_up_names import draw_given
from pipelines.demo.made_up_place import MadeUpPlace, semester_name
from pipelines.demo.typing_faults import apply_faults
from schemas.calendar import school_year, semester_start

_CLAIMS = np.array(["", "小学", "小学", "小学", "小学", "小学", "小学", "七年级", "八年级", "九年级"])
_XUEJI_STATE = {
    "enrolled": "在读",
    "home_taught": "在读",
    "suspended": "休学",
    "dropped_marked": "辍学",
    "deceased": "在读",
    "graduated": "毕业",
    "not_promoted": "毕业",
}
_BIRTH_STYLES = {"standard": "%Y%m%d", "other": "%Y-%m-%d", "spread": "%Y%m%d", "hidden": "%Y%m%d"}
# Share of a file's rows whose IDs were saved as numbers. With the profile 'spread' as many as if one or two of twenty schools' files
# were damaged (docs/formats.md 4); with the other faults, an exact join on the ID then loses one child in fifteen.
_NUMERIC_SHARE = {"standard": 0.004, "other": 0.004, "spread": 0.05, "hidden": 0.004}


def common_columns(rng: np.random.Generator, kids: pd.DataFrame) -> pd.DataFrame:
    """``kids`` with the columns that several registries need, and those that typing faults draw on: a sibling's ID, a former name, the
    mother's surname, another village of the township, another guardian."""
    out = kids.copy()
    out["sex"] = np.where(out["boy"], "男", "女")
    eldest_number = out.groupby("household")["number"].transform("first")
    out["sibling_number"] = eldest_number.where(eldest_number != out["number"], None)
    has_former = rng.random(len(out)) < 0.3
    former = pd.Series(out["surname"].to_numpy() + draw_given(rng, out["boy"].to_numpy()), index=out.index)
    out["former_name"] = former.where(has_former & (former != out["name"]), None)
    # The police know few of the former names: a name that only the school has is hard to match.
    out["known_former_name"] = out["former_name"].where(rng.random(len(out)) < 0.15, None)
    out["mother_surname"] = out["mother"].str[0]
    out["other_village"] = out.groupby("township")["village"].transform(lambda v: rng.permutation(v.to_numpy()))
    out["guardian"] = np.where(rng.random(len(out)) < 0.75, out["father"], out["mother"])
    out["other_guardian"] = np.where(rng.random(len(out)) < 0.6, out["mother"], out["grandfather"].fillna(out["father"]))
    return out


def behind_village(rng: np.random.Generator, frame: pd.DataFrame, share: float) -> pd.Series:
    """What an address says behind the village: in this ``share`` of rows the natural village; in one of twenty of them that of another
    household."""
    own = rng.spawn(1)[0]
    other = frame["hamlet_name"].to_numpy()[own.permutation(len(frame))]
    names = np.where(own.random(len(frame)) < 0.05, other, frame["hamlet_name"])
    return pd.Series(np.where(own.random(len(frame)) < share, names + "屯", ""), index=frame.index)


def write_huji(writer: Writer, kids: pd.DataFrame) -> None:
    """Write the police register: all children, cancelled registrations too, and a few children registered twice."""
    rng = writer.rng
    frame = kids.assign(register_state=kids["state"].map({"deceased": "死亡注销", "moved_out": "迁出"}).fillna("正常"))
    twice = frame[rng.random(len(frame)) < 0.001].copy()  # 双户籍: a second registration under a second valid ID
    twice["number"] = [second_number(n) for n in twice["number"]]
    twice["register_state"] = np.where(rng.random(len(twice)) < 0.5, "重复户口注销", "正常")
    frame = pd.concat([frame, twice], ignore_index=True)
    frame = apply_faults(rng, frame.drop(columns="guardian"), "huji", writer.profile)
    position = frame.groupby("household").cumcount().clip(upper=3)
    frame["relation"] = np.where(
        frame["grandfather"].notna(),
        np.where(frame["boy"], "孙子", "孙女"),
        np.where(
            frame["boy"],
            np.array(["长子", "次子", "三子", "四子"])[position],
            np.array(["长女", "二女", "三女", "四女"])[position],
        ),
    )
    frame["household_code"] = writer.place.county.code[:4] + (frame["household"] + 10_000).astype(str)
    frame["former_name"] = frame["known_former_name"]
    frame["birth_text"] = day_text(frame["birth"], "%Y%m%d")
    frame["address"] = writer.place.address + frame["township"].fillna("") + frame["village"].fillna("")
    frame["address"] += behind_village(rng, frame, 0.95) + (frame["household"] % 90 + 1).astype(str) + "号"
    frame["number"] = "\t" + frame["number"].fillna("")
    frame.loc[rng.random(len(frame)) < 0.1, ["father", "mother"]] = None
    frame = frame.sample(frac=1, random_state=int(rng.integers(2**31))).sort_values("household_code", kind="stable")
    writer.write("huji", "常住人口信息.csv", "", frame, HUJI)


def write_xueji(writer: Writer, kids: pd.DataFrame) -> None:
    """Write the student records of primary and junior schools, with finished primary records, second records and a block of IDs that
    were saved as numbers."""
    rng, year = writer.rng, school_year(writer.as_of)
    has_record = kids["state"].isin(_XUEJI_STATE) & (kids["grade"] >= 1)
    has_record &= (kids["state"] != "deceased") | (rng.random(len(kids)) < 0.3)
    # Of those who left long ago half the records are gone.
    has_record &= (kids["grade"] <= 9) | (rng.random(len(kids)) < 0.5) | kids["in_cohort"]
    frame = kids[has_record].copy()
    frame["student_state"] = frame["state"].map(_XUEJI_STATE)
    frame["junior"] = (frame["grade"] >= 7) & (frame["state"] != "not_promoted")
    frame["level_grade"] = np.where(frame["state"] == "not_promoted", 6, frame["grade"].clip(upper=9))
    frame["state_date"] = pd.Series(f"{year}0705", index=frame.index).where(frame["student_state"] == "毕业", None)
    finished = frame[
        frame["junior"] & (frame["student_state"] == "在读") & (frame["grade"] == 7) & (rng.random(len(frame)) < 0.3)
    ].copy()
    finished = finished.assign(junior=False, level_grade=6, student_state="毕业", state_date=f"{year}0705")
    double = frame[(frame["student_state"] == "在读") & (rng.random(len(frame)) < 0.003)].copy()
    double["student_state"] = np.where(rng.random(len(double)) < 0.6, "转出", "在读")
    double["away"] = True
    frame = pd.concat([frame, finished, double], ignore_index=True)
    frame["student_number"] = "G" + frame["number"]
    frame = apply_faults(rng, frame, "xueji", writer.profile)
    as_typed = rng.random(len(frame)) < 0.5  # half of the student numbers were made from the mistyped ID
    typed = frame["number"].fillna("")
    complete = typed.str.fullmatch(r"\d{17}[\dX]")
    frame.loc[as_typed & complete, "student_number"] = "G" + typed
    born = frame["birth"].map(
        lambda day: f"{day:%Y%m%d}" if isinstance(day, pd.Timestamp) else f"{writer.place.cohort.first_birthday.year + 6}0101"
    )
    frame.loc[typed.isin(["", "无", "—"]), "student_number"] = "J" + writer.place.county.code + born + "0017"
    give_schools(rng, frame, writer.place)
    frame["stage"] = np.where(frame["junior"], "初中", "小学")
    entered = (year - frame["level_grade"] + np.where(frame["junior"], 7, 1)).astype(str)
    frame["grade_name"] = np.where(rng.random(len(frame)) < 0.5, GRADES[frame["level_grade"]], frame["stage"] + entered + "级")
    frame["entry_month"] = entered + "09"
    frame["class_name"] = [f"{n}班" for n in rng.integers(1, 7, len(frame))]
    frame["id_type"] = np.where(typed.isin(["", "无", "—"]), "Z 其他", "居民身份证")
    frame["division"] = np.where(rng.random(len(frame)) < 0.6, writer.place.county.code, writer.place.address)
    frame["address"] = (
        rng.choice(["", writer.place.county.short_name, writer.place.address], len(frame))
        + frame["township"]
        + frame["village"].fillna("")
        + behind_village(rng, frame, 0.6)
    )
    frame.loc[frame.index[rng.random(len(frame)) < 2e-4], "address"] = '=HYPERLINK("http://example.invalid")'
    frame["study_mode"] = np.where(
        frame["state"] == "home_taught", "送教上门", np.where(rng.random(len(frame)) < 0.5, "走读", "住校")
    )
    frame["disability_name"] = np.where(
        (frame["level"] > 0) & (rng.random(len(frame)) < 0.8), frame["disability"] + "残疾", "无残疾"
    )
    frame["left_behind"] = np.where(rng.random(len(frame)) < 0.3, "单亲留守儿童", "非留守儿童")
    frame["poverty"] = np.where(frame["poor"] ^ (rng.random(len(frame)) < 0.02), "是", "否")
    frame["guardian_relation"] = "父母"
    frame["birth_text"] = day_text(frame["birth"], _BIRTH_STYLES[writer.profile])
    for junior, file in ((False, "小学学生信息.xlsx"), (True, "初中学生信息.xlsx")):
        part = (
            frame[frame["junior"] == junior]
            .sort_values(["school", "level_grade", "truth_id"], kind="stable")
            .reset_index(drop=True)
        )
        _numeric_block(rng, part, _NUMERIC_SHARE[writer.profile])
        titles = (f"{writer.place.county.short_name}{semester_name(writer.as_of)}学生信息表（虚构数据）",) if junior else ()
        writer.write("xueji", file, "学生信息", part, XUEJI, titles)


def write_guofu(writer: Writer, kids: pd.DataFrame, adults: pd.DataFrame) -> None:
    """Write the registered-poor households with all members; most disabled children have their certificate's number in place of the
    ID."""
    rng = writer.rng
    young = kids[kids["poor"] & (kids["state"] != "deceased")].copy()
    elder = young["grandfather"].notna()
    young["relation"] = np.where(elder, np.where(young["boy"], "之孙子", "之孙女"), np.where(young["boy"], "之子", "之女"))
    young["claim"] = np.where(young["due"], _CLAIMS[young["grade"].clip(0, 9)], "学前教育")
    away = young["state"].isin(["dropped_marked", "dropped_absent", "never_enrolled", "disabled_exempt", "not_promoted"])
    stale = rng.random(len(young)) < 0.35  # updated once a year, so that many drop-outs are still listed as pupils
    young.loc[away & ~stale, "claim"] = None
    young.loc[(young["state"] == "vocational") & ~stale, "claim"] = "中职一年级"
    young.loc[young["grade"] > 9, "claim"] = "普通高中一年级"
    has_reason = away & ~stale & (rng.random(len(young)) < 0.7)
    reasons = pd.Series(rng.choice(["厌学", "因病", "因残", "其他"], len(young)), index=young.index)
    young["reason"] = reasons.where(has_reason, None)
    young.loc[rng.random(len(young)) < 0.004, "claim"] = None
    certified = (young["level"] > 0) & (rng.random(len(young)) < 0.8)
    digit = young["disability"].map(
        {t: str(i) for i, t in enumerate(("视力", "听力", "言语", "肢体", "智力", "精神", "多重"), 1)}
    )
    adult = adults[adults["poor"] & adults["household"].isin(young["household"])].copy()
    adult["relation"] = np.select(
        [adult["head"], adult["role"] == "mother"],
        ["户主", np.where(adult["household"].isin(adults.loc[adults["role"] == "grandfather", "household"]), "之儿媳", "配偶")],
        "之子",
    )
    adult["sex"] = np.where(adult["boy"], "男", "女")
    young = apply_faults(rng, young, "guofu", writer.profile)
    by_certificate = certified.to_numpy() & young["number"].fillna("").str.fullmatch(r"\d{17}[\dX]").to_numpy()
    digit = pd.Series(digit.to_numpy(), young.index, "str")  # text, also where a small county has none of these children
    young.loc[by_certificate, "number"] = young["number"] + digit + young["level"].astype(str)
    frame = pd.concat([adult.assign(faults=""), young], ignore_index=True)
    frame = frame.assign(rank=np.where(frame["relation"] == "户主", 0, 1)).sort_values(
        ["household", "rank", "truth_id"], kind="stable"
    )
    frame["household_code"] = writer.place.county.code + "0" + (frame["household"] + 100_000).astype(str)
    frame["member_code"] = frame["household_code"] + (frame.groupby("household").cumcount() + 1).astype(str).str.zfill(2)
    frame["members"] = frame.groupby("household")["household"].transform("size").astype(str)
    frame["head"] = frame.groupby("household")["name"].transform("first")
    parents = writer.place.parents
    frame["county"], frame["province"], frame["city"] = writer.place.county.name, parents[0], parents[-1]
    frame["hamlet"] = [f"第{n}组" for n in frame["hamlet"]]
    frame["health"] = np.where(frame["level"].fillna(0) > 0, rng.choice(["残疾", "残疾,长期慢性病"], len(frame)), "健康")
    frame["disability_name"] = (frame["disability"].fillna("") + "残疾").where(frame["level"].fillna(0) > 0, None)
    frame["exit"] = rng.choice(["已脱贫", "未脱贫"], len(frame), p=[0.9, 0.1])
    frame["id_type"] = np.where(frame["number"].fillna("").str.len() >= 20, "残疾人证", "居民身份证")
    frame["birth_text"] = day_text(frame["birth"], "%Y%m%d") + ".0"
    columns = GUOFU_LONG if writer.profile == "other" else GUOFU_SHORT
    writer.write(
        "guofu", "贫困人口信息.xlsx", "贫困人口", frame, columns, ("贫困人口信息表（虚构数据）", f"导出日期：{writer.as_of}")
    )


def write_canlian(writer: Writer, kids: pd.DataFrame, adults: pd.DataFrame) -> None:
    """Write the disability certificates of children and, the larger part, of adults."""
    rng = writer.rng
    exempt = kids["state"].isin(["disabled_exempt", "home_taught"])
    young = kids[(kids["level"] > 0) & (exempt | (rng.random(len(kids)) < 0.9)) & (kids["state"] != "deceased")].copy()
    state = rng.choice(["持证", "注销", "过期", "冻结"], len(young), p=[0.94, 0.02, 0.03, 0.01])
    young["certificate_state"] = np.where(young["state"] == "disabled_exempt", "持证", state)
    types = np.array(["视力", "听力", "言语", "肢体", "智力", "精神", "多重"])
    adult = adults[rng.random(len(adults)) < 0.02].copy()
    adult = adult.assign(
        level=rng.integers(1, 5, len(adult)),
        disability=rng.choice(types, len(adult)),
        certificate_state="持证",
        sex=np.where(adult["boy"], "男", "女"),
        guardian=None,
        faults="",
    )
    for part in (young, adult):
        digit = part["disability"].map({t: str(i) for i, t in enumerate(types, 1)})
        reissued = np.where(rng.random(len(part)) < 0.1, "B1", "")
        part["certificate"] = part["number"] + digit + part["level"].astype(str) + reissued
    frame = pd.concat([apply_faults(rng, young, "canlian", writer.profile), adult], ignore_index=True)
    frame = frame.sample(frac=1, random_state=int(rng.integers(2**31)))
    frame["level_name"] = frame["level"].map({1: "一级", 2: "二级", 3: "三级", 4: "四级"})
    frame["household_kind"] = "农业"
    frame["address"] = writer.place.address + frame["township"] + frame["village"].fillna("") + behind_village(rng, frame, 0.8)
    frame["birth_text"] = day_text(frame["birth"], "%Y-%m-%d")
    writer.write("canlian", "持证残疾人.xls", "持证残疾人", frame, CANLIAN)


def write_zizhu(writer: Writer, kids: pd.DataFrame) -> None:
    """Write who was paid the boarding allowance: nearly all registered-poor pupils, some others, a few of them twice, and some
    drop-outs."""
    rng = writer.rng
    in_school = kids["state"].isin(["enrolled", "home_taught"]) & kids["due"] & (kids["grade"] <= 9)
    frame = kids[
        (in_school & (kids["poor"] & (rng.random(len(kids)) < 0.97) | (rng.random(len(kids)) < 0.11)))
        | ((kids["state"] == "dropped_marked") & kids["poor"] & (rng.random(len(kids)) < 0.1))
    ].copy()
    frame = pd.concat([frame, frame[rng.random(len(frame)) < 0.005]], ignore_index=True)
    frame = apply_faults(rng, frame, "zizhu", writer.profile)
    frame["junior"], frame["level_grade"] = frame["grade"] >= 7, frame["grade"].clip(1, 9)
    give_schools(rng, frame, writer.place)
    frame["grade_name"] = GRADES[frame["level_grade"]]
    frame["class_name"] = [f"{n}班" for n in rng.integers(1, 7, len(frame))]
    frame["poverty"] = pd.Series(np.where(frame["poor"], "是", "否"), index=frame.index).where(
        frame["poor"] | (rng.random(len(frame)) < 0.5), None
    )
    frame["hardship"] = np.where(frame["poor"], "特殊困难", "一般困难")
    frame["item"], frame["term"] = "义务教育寄宿生生活补助", semester_name(writer.as_of)
    frame["amount"] = np.where(frame["junior"], 625, 500)
    frame["paid"] = np.where(rng.random(len(frame)) < 0.98, "已发放", "未发放")
    start = semester_start(writer.as_of)
    frame["paid_on"] = f"{start.year}{start.month + 1:02d}30"
    frame.loc[frame.index[rng.random(len(frame)) < 3e-4], "guardian"] = "@韦大"
    frame = frame.sort_values(["school", "level_grade", "truth_id"], kind="stable").reset_index(drop=True)
    _numeric_block(rng, frame, _NUMERIC_SHARE[writer.profile])
    title = f"{writer.place.county.short_name}{semester_name(writer.as_of)}资助发放名册（虚构数据）"
    footers: list[list[object]] = [["合计", None, None, None, f"{len(frame)}人"], ["填表人：", None, None, "审核人："]]
    writer.write("zizhu", "资助发放名册.xlsx", "发放名册", frame, ZIZHU, (title,), footers)


def give_schools(rng: np.random.Generator, frame: pd.DataFrame, place: MadeUpPlace) -> None:
    """Fill in ``school`` and ``school_code`` of ``frame``; every tenth child goes to school in the county town."""
    town = np.where(rng.random(len(frame)) < 0.1, place.town, frame["township"].astype(str))
    village = frame["village"].fillna("").str.replace("(村|社区)$", "", regex=True)
    small = (rng.random(len(frame)) < 0.5) & (town == frame["township"]) & (village != "")
    primary = np.where(small, town + village + "小学", town + "中心小学")
    away = frame["away"].notna() if "away" in frame else pd.Series(False, index=frame.index)
    frame["school"] = np.where(away, place.second + "第二学校", np.where(frame["junior"], town + "初级中学", primary))
    frame["school_code"] = (
        np.where(frame["junior"], "31", "21") + place.county.code[:2] + (pd.factorize(frame["school"])[0] + 100_000).astype(str)
    )


def _numeric_block(rng: np.random.Generator, frame: pd.DataFrame, share: float) -> None:
    """Turn the IDs of consecutive rows into numbers: this happens to whole files or blocks, not to single cells."""
    size = int(len(frame) * share)
    start = int(rng.integers(0, max(len(frame) - size, 1)))
    rows = frame.index[start : start + size]
    numbers = frame.loc[rows, "number"]
    numeric = numbers.fillna("").str.fullmatch(r"\d{18}")
    frame["number"] = frame["number"].astype(object)
    frame.loc[rows[numeric], "number"] = [float(n) for n in numbers[numeric]]
    frame.loc[rows[numeric], "faults"] = frame.loc[rows[numeric], "faults"] + ",id_as_number"
