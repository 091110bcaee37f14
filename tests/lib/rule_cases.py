"""The discrepancy rules, child by child: what the registries say of it, and what must be found, and nothing else.

Each child is registered by the police in 安阳镇 and a pupil there, as its rows of ``huji`` and ``xueji`` say, but for what a case
writes otherwise; it has rows in other registries where the case gives them. All persons are made up (虚构). The page
``docs/rules.md`` is made from these tables.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.lib.small_exports import certificate, id_of, poor, pupil, resident

Row = dict[str, object]
_GRADES = "一二三四五六七八九"
_NAMES = [  # of the cases in turn: no two alike in sound
    "韦正山", "韦大山", "韦光山", "韦明山", "韦文山", "韦武山", "韦忠山", "韦孝山",
    "蓝正海", "蓝大海", "蓝光海", "蓝明海", "蓝文海", "蓝武海", "蓝忠海", "蓝孝海",
    "黄正川", "黄大川", "黄光川", "黄明川", "黄文川", "黄武川", "黄忠川", "黄孝川",
    "蒙正林", "蒙大林", "蒙光林", "蒙明林", "蒙文林", "蒙武林", "蒙忠林", "蒙孝林",
    "潘正岩", "潘大岩", "潘光岩", "潘明岩", "潘文岩", "潘武岩", "潘忠岩", "潘孝岩",
    "覃正峰", "覃大峰", "覃光峰", "覃明峰", "覃文峰", "覃武峰", "覃忠峰", "覃孝峰",
    "罗正泉", "罗大泉", "罗光泉", "罗明泉", "罗文泉", "罗武泉", "罗忠泉", "罗孝泉",
    "陆正涛", "陆大涛", "陆光涛", "陆明涛", "陆文涛", "陆武涛", "陆忠涛", "陆孝涛",
    "唐正松", "唐大松", "唐光松", "唐明松", "唐文松", "唐武松", "唐忠松", "唐孝松",
    "石正柏", "石大柏", "石光柏", "石明柏", "石文柏", "石武柏", "石忠柏", "石孝柏",
    "莫正江", "莫大江", "莫光江", "莫明江", "莫文江", "莫武江", "莫忠江", "莫孝江",
    "卢正波", "卢大波", "卢光波", "卢明波", "卢文波", "卢武波", "卢忠波", "卢孝波",
    "谭正洋", "谭大洋", "谭光洋", "谭明洋", "谭文洋", "谭武洋", "谭忠洋", "谭孝洋",
    "杨正河", "杨大河", "杨光河", "杨明河", "杨文河", "杨武河", "杨忠河", "杨孝河",
]  # fmt: skip
# The last character of each name -> another of the same sound.
_SAME_SOUND = dict(
    zip(
        "山海川林岩峰泉涛松柏江波洋河",
        "杉亥穿霖延丰全桃淞伯疆玻阳合",
        strict=True,
    )
)
SCHOOL = "安阳镇中心小学"


@dataclass(frozen=True)
class Case:
    """``says``: the case in words. ``huji``, ``xueji``, ``guofu`` …: rows as they differ from the child's own ({}: a row like
    the child; NAME, ID, BIRTH stand for the child's, ID2 for another valid number). ``found``: the codes that must be found;
    of the first one ``kind`` and ``favoured`` are checked as well. ``born``: where the age matters."""

    says: str
    found: tuple[str, ...] = ()
    xueji: tuple[Row, ...] = ({},)
    huji: tuple[Row, ...] = ({},)
    guofu: tuple[Row, ...] = ()
    canlian: tuple[Row, ...] = ()
    zizhu: tuple[Row, ...] = ()
    quanguo: tuple[Row, ...] = ()  # the national aid system's list of families in hardship
    zhongzhi: tuple[Row, ...] = ()
    kind: str | None = None
    favoured: str | None = None
    born: date | None = None
    others: dict[str, tuple[Row, ...]] = field(default_factory=dict)  # rows of relatives, as they are


PAID: Row = {"资助项目": "义务教育寄宿生生活补助", "学期": "2020年春季学期", "资助金额": 500, "发放状态": "已发放"}
GRADUATE: Row = {"学段": "小学", "年级": "六年级", "学生状态": "毕业", "学籍变动日期": "20190701"}

CASES = (
    Case("各系统一致", (), guofu=({},), canlian=({"残疾等级": "三级"},), xueji=({"残疾人类型": "肢体残疾", "是否建档立卡": "是"},), zizhu=(PAID,)),
    # Names
    Case("学籍姓名同音字", ("name_differs",), xueji=({"姓名": "NAME:同音"},), kind="same_sound", favoured="a"),
    Case("国扶、学籍都与户籍不同，仍以户籍为准", ("name_differs",), xueji=({"姓名": "NAME:同音"},),
         guofu=({"姓名": "NAME:同音"},), zizhu=(PAID,), kind="same_sound", favoured="a"),
    Case("学籍姓名缺字", ("name_differs",), xueji=({"姓名": "NAME:缺字"},), kind="lost_character", favoured="a"),
    Case("户籍登记了曾用名", (), huji=({"曾用名": "NAME:同音"},), xueji=({"姓名": "NAME:同音"},)),
    # Numbers
    Case("学籍证号一位写错，校验不符", ("id_differs",), xueji=({"身份证件号": "ID:一位"},), kind="one_digit", favoured="a"),
    Case("证号生日写错，其出生日期栏随之而错：一个原因，一条", ("id_differs",), xueji=({"身份证件号": "ID:生日", "出生日期": "BIRTH:随号"},), favoured="a"),
    Case("证号末几位丢失", ("id_invalid",), xueji=({"身份证件号": "ID:丢失"},), kind="lost_precision", favoured="b"),
    Case("各系统都是同一个错号", ("id_invalid",), huji=({"公民身份号码": "ID:一位"},), xueji=({"身份证件号": "ID:一位"},), kind="bad_check"),
    Case("学籍未填证号", ("id_missing",), xueji=({"身份证件号": None, "全国学籍号": "J451228200901010011"},), favoured="b"),
    Case("学籍填的是学校的临时号", ("id_missing",), xueji=({"身份证件号": "999214510000100001", "全国学籍号": "J451228200901010011"},), favoured="b"),
    Case("学籍证号被遮盖", ("id_invalid",), xueji=({"身份证件号": "ID:遮盖"},), kind="masked", favoured="b"),
    Case("学籍填的是父亲证号", ("id_of_relative",), xueji=({"身份证件号": "FATHER"},), favoured="b",
         others={"guofu": ({"姓名": "FATHER:名", "证件号码": "FATHER", "与户主关系": "户主"},)}, guofu=({},), zizhu=(PAID,)),
    Case("认定名册填的是父亲证号", ("id_of_relative",), zizhu=(PAID,),
         quanguo=({"身份证件号": "FATHER", "家长姓名": "FATHER:名", "出生日期": "BIRTH", "认定困难级别": "困难"},), favoured="b"),
    Case("认定名册填的是父亲证号，性别栏有误：证号解释不了，另说", ("id_of_relative", "sex_differs"), huji=({"性别": "男"},), zizhu=(PAID,),
         quanguo=({"身份证件号": "FATHER", "家长姓名": "FATHER:名", "出生日期": "BIRTH", "性别": "女", "认定困难级别": "困难"},), favoured="b"),
    Case("学籍证号用全角数字，日期写错", ("id_differs",), xueji=({"身份证件号": "ID:全角错位"},), favoured="a"),
    Case("残联证号少一位，残疾证号完整", ("id_invalid",), xueji=({"残疾人类型": "肢体残疾"},),
         canlian=({"残疾等级": "三级", "身份证号": "ID:少一位"},), favoured="b"),
    Case("残联证号写“无”，残疾证号完整", ("id_missing",), xueji=({"残疾人类型": "肢体残疾"},),
         canlian=({"残疾等级": "三级", "身份证号": "无"},), favoured="b"),
    Case("残联证号末三位成了000，残疾证号完整", ("id_invalid",), xueji=({"残疾人类型": "肢体残疾"},),
         canlian=({"残疾等级": "三级", "身份证号": "ID:末三位零"},), favoured="b"),
    Case("残联证号填的是换发的残疾证号：证号在其中，不算无效", (), xueji=({"残疾人类型": "肢体残疾"},),
         canlian=({"残疾等级": "三级", "身份证号": "ID:43B1", "残疾证号": "ID:43B1"},)),
    # Birthdates and sex
    Case("学籍出生日期差一年", ("birthdate_differs",), xueji=({"出生日期": "BIRTH:差一年"},), kind="year_off", favoured="a"),
    Case("学籍出生日期月日颠倒", ("birthdate_differs",), xueji=({"出生日期": "BIRTH:颠倒"},), kind="day_month_swapped", favoured="a", born=date(2009, 3, 7)),
    Case("学籍填了农历生日", ("birthdate_differs",), xueji=({"出生日期": "BIRTH:农历"},), kind="lunar", favoured="a", born=date(2009, 5, 20)),
    Case("户籍证号一位写错，户籍出生日期另有错：两个原因，两条", ("birthdate_differs", "id_differs"),
         huji=({"公民身份号码": "ID:一位", "出生日期": "BIRTH:差一年"},), kind="year_off", favoured="b"),
    Case("学籍证号一位写错而出生日期不错，户籍出生日期栏有错：两个原因，两条", ("birthdate_differs", "id_differs"),
         xueji=({"身份证件号": "ID:一位"},), huji=({"出生日期": "BIRTH:差一年"},), kind="year_off", favoured="b"),
    Case("户籍证号生日写错，其出生日期栏随之而错：一个原因，一条", ("id_differs",),
         huji=({"公民身份号码": "ID:生日", "出生日期": "BIRTH:随号"},), favoured="b"),
    Case("只有一处有出生日期栏，与证号矛盾", ("birthdate_contradicts_id",), huji=({"出生日期": None},), xueji=({"出生日期": "BIRTH:差一年"},)),
    Case("学籍性别写错", ("sex_differs",), huji=({"性别": "男"},), xueji=({"性别": "女"},), favoured="a"),
    Case("只有一处有性别栏，与证号矛盾", ("sex_contradicts_id",), xueji=({"性别": "女"},)),
    # Twice registered
    Case("两个系统的性别栏同样写错：一条", ("sex_contradicts_id",), huji=({"性别": "女"},), xueji=({"性别": "女"},)),
    Case("两个系统的出生日期栏同样写错：一条", ("birthdate_contradicts_id",), huji=({"出生日期": "BIRTH:差一年"},), xueji=({"出生日期": "BIRTH:差一年"},)),
    Case("一人两条有效户籍", ("double_household_registration",), huji=({}, {"公民身份号码": "ID", "乡镇街道": "高岭镇", "居村委会": "三合村"})),
    Case("一人三条有效户籍：第二、第三条各对第一条", ("double_household_registration",) * 2,
         huji=({}, {"公民身份号码": "ID", "乡镇街道": "高岭镇", "居村委会": "三合村"}, {"公民身份号码": "ID:换号", "居村委会": "三合村"})),
    Case("重户已注销一条", (), huji=({}, {"公民身份号码": "ID", "人员状态": "重复户口注销"})),
    Case("两校各有一条在读学籍", ("double_student_status",), xueji=({}, {"全国学籍号": "L451228200901010011", "班级": "2"})),
    Case("同一证号两个名字，多半是一人：疑似同一人，不说两人同号", (),
         xueji=({"学生状态": "转出"}, {"姓名": "NAME:另名", "全国学籍号": "L451228200901010013"})),
    Case("三校各有一条在读学籍：第二、第三条各对第一条", ("double_student_status",) * 2,
         xueji=({}, {"全国学籍号": "L451228200901010021"}, {"全国学籍号": "L451228200901010022"})),
    Case("同一条学籍重复导出，不是双学籍", (), xueji=({}, {"班级": "2"})),
    Case("同一学校两条在读学籍，学籍辅号不同", ("double_student_status",), xueji=({"学籍辅号": "210016"}, {"学籍辅号": "210871", "班级": "2"})),
    Case("同一条学籍重复导出，学籍辅号一处补了零", (), xueji=({"学籍辅号": "210016"}, {"学籍辅号": "0210016", "班级": "2"})),
    Case("转出一条，在读一条", (), xueji=({"学生状态": "转出"}, {"全国学籍号": "L451228200901010012"})),
    Case("国扶登记在别的乡镇", ("township_differs",), guofu=({"乡(镇)": "高岭镇", "行政村": "三合村"},), zizhu=(PAID,), favoured="a"),
    # Enrolment
    Case("国扶称在校，无学籍", ("in_school_claim_unsupported",), xueji=(), guofu=({"在校生状况": "小学"},)),
    Case("国扶称在校，证号另是一个有效的：疑似同一人，不说无学籍", (), huji=(), xueji=({"成员1姓名": None, "现住址": None},),
         guofu=({"证件号码": "ID"},)),
    Case("国扶称高中在校，无学籍", ("in_school_claim_unsupported",), xueji=(), guofu=({"在校生状况": "普通高中一年级"},)),
    Case("国扶还登记学前，已满八岁在读", ("not_in_school_claim_contradicted",), guofu=({"在校生状况": "学龄前儿童"},), zizhu=(PAID,)),
    Case("国扶还登记学前，上学第一年：一年才更新一次", (), guofu=({"在校生状况": "学龄前儿童"},), zizhu=(PAID,), born=date(2013, 3, 15)),
    Case("国扶两条，一条在校一条空白", (), guofu=({}, {"在校生状况": None, "人编号": "99"}), zizhu=(PAID,)),
    Case("国扶称非在校生，学籍在读", ("not_in_school_claim_contradicted", "aid_due_unpaid"), guofu=({"在校生状况": "非在校生"},)),
    Case("国扶空白即不在校，学籍在读", ("not_in_school_claim_contradicted",), guofu=({"在校生状况": None},), zizhu=(PAID,)),
    Case("国扶有辍学原因，学籍在读", ("not_in_school_claim_contradicted",), guofu=({"失学或辍学原因": "厌学"},), zizhu=(PAID,)),
    Case("户籍死亡注销，学籍在读", ("deceased_with_student_record",), huji=({"人员状态": "死亡注销"},), favoured="a"),
    Case("户籍迁出，学籍在读：只作提示", ("moved_out_with_student_record",), huji=({"人员状态": "迁出"},)),
    Case("学籍标死亡，户籍正常", ("student_deceased_register_open",), xueji=({"学生状态": "死亡"},)),
    Case("十一岁读高一", ("grade_impossible",), xueji=({"学段": "高中", "年级": "高一"},)),
    Case("九岁还在大班", ("grade_impossible",), xueji=({"学段": "学前", "年级": "大班"},), born=date(2010, 3, 15)),
    Case("休学满一年", ("suspension_overdue",), xueji=({"学生状态": "休学", "学籍变动日期": "20190301"},)),
    Case("休学半年", (), xueji=({"学生状态": "休学", "学籍变动日期": "20191001"},)),
    Case("年级高出两级", ("grade_impossible",), xueji=({"年级": "GRADE+2"},)),
    Case("早入学一年", (), xueji=({"年级": "GRADE+1"},)),
    Case("年级低三级，晚入学或留级", (), xueji=({"年级": "GRADE-3"},), born=date(2008, 3, 15)),
    Case("年级低四级", ("grade_impossible",), xueji=({"年级": "GRADE-4"},), born=date(2008, 3, 15)),
    Case("小学毕业未升初中", ("not_promoted",), xueji=(GRADUATE,), born=date(2007, 3, 15)),
    Case("小学毕业，有一条初中学籍疑似其本人：不说未升", (),
         xueji=(GRADUATE, {"学段": "初中", "年级": "七年级", "学校名称": "安阳镇初级中学", "身份证件号": "ID", "成员1姓名": None,
                           "全国学籍号": "L451228200703180011"}), born=date(2007, 3, 18)),
    Case("小学毕业，初中在读", (), xueji=(GRADUATE, {"学段": "初中", "年级": "七年级", "学校名称": "安阳镇初级中学"}), born=date(2007, 3, 15)),
    Case("学籍和中职同时在读", ("two_active_schools",), xueji=({"学段": "初中", "年级": "九年级", "学校名称": "安阳镇初级中学"},),
         zhongzhi=({},), born=date(2004, 11, 15)),
    Case("在外乡镇就读", ("enrolled_outside_township",), xueji=({"学校名称": "高岭镇中心小学"},)),
    # Poverty
    Case("学籍标建档立卡，国扶无此人", ("poverty_flag_differs",), xueji=({"是否建档立卡": "是"},), favoured="b"),
    Case("学籍标非建档立卡，国扶在册", ("poverty_flag_differs",), xueji=({"是否建档立卡": "否"},), guofu=({},), zizhu=(PAID,), favoured="b"),
    Case("转出的旧学籍标非建档立卡，在读的标是", (),
         xueji=({"学生状态": "转出", "是否建档立卡": "否"}, {"全国学籍号": "L451228200901010031", "是否建档立卡": "是"}),
         guofu=({},), zizhu=(PAID,)),
    Case("学籍未标，不算不一致", (), guofu=({},), zizhu=(PAID,)),
    Case("贫困户与户籍的同户人全不同", ("household_differs",), guofu=({"户编号": "别家"},), zizhu=(PAID,),
         others={"guofu": ({"姓名": "蒋一一", "证件号码": id_of("20110101", 901), "与户主关系": "之女", "户编号": "别家",
                            "在校生状况": None},),
                 "huji": ({"姓名": "蒋一一", "公民身份号码": id_of("20110101", 901), "出生日期": "20110101", "与户主关系": "长女", "户号": "蒋家"},
                          {"姓名": "FATHER:名", "公民身份号码": "FATHER", "出生日期": None, "与户主关系": "户主"})}),
    # Disability
    Case("持证而学籍未标", ("disability_not_in_student_record",), canlian=({"残疾等级": "三级"},), favoured="a"),
    Case("学籍标残疾而无证", ("disability_without_certificate",), xueji=({"残疾人类型": "智力残疾"},)),
    Case("学籍与残疾证类别不同", ("disability_level_differs",), xueji=({"残疾人类型": "智力残疾"},), canlian=({"残疾等级": "三级"},), favoured="a"),
    Case("残疾证号末位与等级不符", ("disability_level_differs",), xueji=({"残疾人类型": "肢体残疾"},), canlian=({"残疾等级": "四级", "残疾证号": "ID:43"},),
         favoured="a"),
    Case("国扶的证号与残疾证等级不符", ("disability_level_differs",), xueji=({"残疾人类型": "肢体残疾"},), canlian=({"残疾等级": "三级"},),
         guofu=({"证件号码": "ID:42"},), zizhu=(PAID,), favoured="a"),
    Case("注销的残疾证仍在国扶使用", ("certificate_invalid_in_use",), canlian=({"残疾等级": "三级", "持证状态": "注销"},), guofu=({"证件号码": "ID:43"},),
         zizhu=(PAID,), favoured="a"),
    Case("过期的换了新证", (), xueji=({"残疾人类型": "肢体残疾"},),
         canlian=({"残疾等级": "三级", "持证状态": "过期"}, {"残疾等级": "三级", "残疾证号": "ID:43B1"})),
    Case("注销的残疾证，国扶健康状况仍是残疾", ("certificate_invalid_in_use",), canlian=({"残疾等级": "三级", "持证状态": "注销"},),
         guofu=({"健康状况": "残疾"},), zizhu=(PAID,), favoured="a"),
    Case("国扶登记残疾证号，残联无此人", ("disability_without_certificate",), guofu=({"证件号码": "ID:43"},), zizhu=(PAID,)),
    Case("两本有效残疾证等级不同", ("disability_level_differs",), xueji=({"残疾人类型": "肢体残疾"},),
         canlian=({"残疾等级": "三级"}, {"残疾等级": "四级", "残疾证号": "ID:44B1"})),
    Case("一级残疾无学籍", ("severe_disability_unplaced",), xueji=(), canlian=({"残疾等级": "一级"},)),
    Case("一级残疾送教上门", (), xueji=({"就读方式": "送教上门", "残疾人类型": "肢体残疾"},), canlian=({"残疾等级": "一级"},)),
    # Aid
    Case("建档立卡在读，资助无记录", ("aid_due_unpaid",), guofu=({},), favoured="a"),
    Case("建档立卡在读，未发放", ("aid_due_unpaid",), guofu=({},), zizhu=(PAID | {"发放状态": "未发放"},), favoured="a"),
    Case("建档立卡送教上门，资助无记录", ("aid_due_unpaid",), xueji=({"就读方式": "送教上门"},), guofu=({},), favoured="a"),
    Case("建档立卡在读，只有以前学期的发放", ("aid_due_unpaid",), guofu=({},), zizhu=(PAID | {"学期": "2018年秋季学期"},), favoured="a"),
    Case("发放金额为零就是没有发放", ("aid_due_unpaid",), guofu=({},), zizhu=(PAID | {"资助金额": 0},), favoured="a"),
    Case("退回的不算发放", ("aid_due_unpaid",), guofu=({},), zizhu=(PAID | {"发放状态": "退回"},), favoured="a"),
    Case("营养餐人人都有，不是补助", ("aid_due_unpaid",), guofu=({},), zizhu=(PAID | {"资助项目": "营养改善计划"},)),
    Case("并非困难学生而领补助", ("aid_paid_not_due",), zizhu=(PAID,), favoured="b"),
    Case("学籍标建档立卡不是资助认定", ("poverty_flag_differs", "aid_paid_not_due"), xueji=({"是否建档立卡": "是"},), zizhu=(PAID,), favoured="b"),
    Case("全国系统认定困难，可领补助", (), zizhu=(PAID,), quanguo=({"认定困难级别": "困难"},)),
    Case("无学籍而领补助", ("aid_paid_not_enrolled",), xueji=(), zizhu=(PAID,), favoured="b"),
    Case("离校之前的学期领过补助", ("not_promoted",), xueji=(GRADUATE,), zizhu=(PAID | {"学期": "2019年春季学期"},), born=date(2007, 3, 16)),
    Case("离校以后的学期还领补助", ("aid_paid_not_enrolled", "not_promoted"), xueji=(GRADUATE,), zizhu=(PAID,), born=date(2007, 3, 17), favoured="b"),
    Case("户籍死亡注销，学籍在读，还领补助", ("aid_paid_not_enrolled", "deceased_with_student_record"), huji=({"人员状态": "死亡注销"},), zizhu=(PAID,),
         favoured="b"),
    Case("同一学期两种写法领两次", ("aid_paid_twice",), guofu=({},), zizhu=(PAID, PAID | {"学期": "2020春", "资助项目": "寄宿生生活补助"})),
    Case("同一学期既领寄宿又领非寄宿", ("aid_paid_twice",), guofu=({},), zizhu=(PAID, PAID | {"资助项目": "非寄宿生生活补助"})),
    Case("同一学期领两次", ("aid_paid_twice",), guofu=({},), zizhu=(PAID, PAID)),
    Case("两个学期各一次", (), guofu=({},), zizhu=(PAID, PAID | {"学期": "2019年秋季学期"})),
    Case("广西系统发放，全国系统认定不困难", ("aid_paid_not_due",), zizhu=(PAID,), quanguo=({"认定困难级别": "不困难"},)),
    Case("国扶在册而全国系统认定不困难", ("aid_systems_differ",), guofu=({},), zizhu=(PAID,), quanguo=({"认定困难级别": "不困难"},)),
    Case("全国系统空白不是否", (), guofu=({},), zizhu=(PAID,), quanguo=({"认定困难级别": None, "是否建档立卡贫困家庭": None},)),
    Case("全国系统标非建档立卡，国扶在册", ("aid_systems_differ",), guofu=({},), zizhu=(PAID | {"是否建档立卡": "是"},),
         quanguo=({"认定困难级别": None, "是否建档立卡贫困家庭": "否"},), favoured="a"),
)  # fmt: skip


def birthday(number: int, case: Case) -> date:
    """The child's day of birth: a week after the one of the case before, where the case does not say it."""
    return case.born or date(2009, 1, 13) + timedelta(days=7 * number)


def name_of(number: int) -> str:
    """The child of the case ``number``, told apart from every other."""
    return _NAMES[number]


def words_of(number: int, case: Case) -> dict[str, str]:
    """What the words in the case ``number`` stand for. Behind each, what it would be for the child 韦正山 born on 2009-01-13
    under the number 451228200901130012."""
    born, name = birthday(number, case), name_of(number)
    birth, month_after = f"{born:%Y%m%d}", f"{born.month % 12 + 1:02d}"
    own = id_of(birth, 2 * number + 1)
    grade = 2019 - born.year - (7 if born.month >= 9 else 6) + 1  # in the school year that began in 2019
    return {
        "NAME": name,
        "NAME:同音": name[:2] + _SAME_SOUND[name[2]],  # 韦正杉
        "NAME:缺字": name[:2] + "□",  # 韦正□
        "NAME:另名": name[0] + "薇",  # 韦薇
        "FATHER:名": name[0] + "父" + _GRADES[number % 9],  # 韦父一
        "FATHER": id_of(f"1975{number % 12 + 1:02d}{number % 28 + 1:02d}", 2 * number + 1),  # the father's number
        "BIRTH": birth,  # 20090113
        "BIRTH:差一年": f"{born.year + 1}{born:%m%d}",  # 20100113
        "BIRTH:随号": f"{born.year}{month_after}{born.day:02d}",  # 20090213, as "ID:生日" says
        "BIRTH:颠倒": f"{born.year}{born.day:02d}{born.month:02d}",  # 20091301
        "BIRTH:农历": "20090426",  # the lunar date of 2009-05-20, on which the case that uses it is born
        "ID": id_of(birth, 2 * number + 401),  # another valid number
        "ID:换号": id_of(birth, 2 * number + 601),  # a third one
        "ID:一位": own[:16] + str((int(own[16]) + 2) % 10) + own[17],  # 451228200901130032: one digit wrong
        "ID:生日": own[:10] + month_after + own[12:],  # 451228200902130012: the month is wrong
        "ID:少一位": own[:17],  # 45122820090113001
        "ID:末三位零": own[:15] + "000",  # 451228200901130000
        "ID:全角错位": "".join(
            chr(ord(c) + 0xFEE0) for c in own[:6] + own[7] + own[6] + own[8:]
        ),  # ４５１２２８０２０９０１１３００１２: two swapped as well
        "ID:丢失": f"{own[0]}.{own[1:15]}E+17",  # 4.51228200901130E+17
        "ID:遮盖": own[:6] + "********" + own[14:],
        "ID:42": own + "42",  # the certificate's number: physical, second degree
        "ID:43": own + "43",
        "ID:43B1": own + "43B1",  # issued again
        "ID:44B1": own + "44B1",
        **{f"GRADE{n:+d}": f"{_GRADES[min(max(grade + n, 1), 9) - 1]}年级" for n in range(-4, 3)},  # GRADE+1: 六年级
        "GRADE": f"{_GRADES[min(grade, 9) - 1]}年级",  # 五年级
    }


def rows_of(number: int, case: Case) -> dict[str, list[Row]]:
    """registry -> rows, as the exports have them."""
    words = words_of(number, case)
    name, birth, own = words["NAME"], words["BIRTH"], id_of(words["BIRTH"], 2 * number + 1)

    def put(row: Row, changes: Row) -> Row:
        """``row`` with ``changes``, their words in the place of what they stand for."""
        return row | {k: words.get(v, v) if isinstance(v, str) else v for k, v in changes.items()}

    home = f"4512280{number:03d}"
    of: dict[str, tuple[Row, tuple[Row, ...]]] = {
        "huji": (resident(name, own, birth, 户号=home, 户主姓名=words["FATHER:名"]), case.huji),
        "xueji": (pupil(name, own, birth, 年级=words["GRADE"], 成员1姓名=words["FATHER:名"]), case.xueji),
        "guofu": (poor(name, own, 户编号=f"贫{number}", 户主姓名=words["FATHER:名"]), case.guofu),
        "canlian": (certificate(name, own, birth, 3, 监护人姓名=words["FATHER:名"]), case.canlian),
        "zizhu": ({"学生姓名": name, "身份证号": own, "学校": SCHOOL, "家长姓名": words["FATHER:名"]}, case.zizhu),
        "quanguo": ({"姓名": name, "身份证件号": own}, case.quanguo),
        "zhongzhi": (
            {
                "姓名": name,
                "身份证件号": own,
                "出生日期": birth,
                "学校名称": "都安县职业教育中心",
                "学生状态": "在读",
                "学号": f"Z{number}",
                "学生类别": "全日制",
                "学习形式": "全日制",
                "招生方式": "统一招生",
            },
            case.zhongzhi,
        ),
    }
    out = {registry: [put(row, changes) for changes in given] for registry, (row, given) in of.items()}
    for row in out["canlian"]:
        if row["残疾证号"] == f"{own}43":
            row["残疾证号"] = (
                f"{own}4{'一二三四'.index(str(row['残疾等级'])[0]) + 1}" if "残疾证号" not in case.canlian[0] else row["残疾证号"]
            )
    makers = {"guofu": lambda: poor("", own, 户编号=f"贫{number}"), "huji": lambda: resident("", own, birth, 户号=home)}
    for registry, relatives in case.others.items():
        out[registry] += [put(makers[registry](), relative) for relative in relatives]
    return out
