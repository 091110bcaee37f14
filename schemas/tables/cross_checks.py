"""What must hold between the rows and the tables of a run, beside the rules of single columns: the sums of invariants 1, 2 and 6 of the
design, and that what two tables say of one thing is the same.

A statement counts the rows that are wrong. It reads the published tables by their names and, besides, ``decision_codes`` (rule,
whereabouts), ``listed_codes`` (code), ``case_rules`` (kind, rule) and ``county_townships`` (township). $as_of: the day of the run;
$unknown_township, $unknown_village: ``schemas.words``. A run that looks back at a night before the last one of ``case_log`` has findings
and listed children without a case.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """``table``, ``columns``: what a breach names; ``chinese``: what should hold; ``english``: the same; ``statement``: SQL that gives the
    number of rows for which it does not."""

    name: str
    table: str
    columns: tuple[str, ...]
    chinese: str
    english: str
    statement: str


_NOT_ANSWERS = "registry not in ('answers', 'intake', 'responsible')"
_NO_LOOK_BACK = "(select coalesce(max(as_of) <= $as_of, true) from case_log)"


def _indicator_of_townships(figure: str, code: str, of: str, condition: str) -> str:
    """The figure of a township is the number of rows of ``of`` that the condition holds for; those of a place that is none of the
    county's townships are counted together."""
    township = "responsible_township" if of == "persons" else "township"
    return f"""
        with counted as (select coalesce(t.township, $unknown_township) as township, count(*) as children
            from {of} left join county_townships t on t.township = {of}.{township} where {condition} group by all),
        shown as (select township, {figure} as children from indicators where level = 'township' and code = '{code}')
        select count(*) from counted c full join shown s using (township) where coalesce(c.children, 0) <> coalesce(s.children, 0)"""


def _parts(of: str, parts: str, by: str) -> str:
    """Numerator and denominator of an area are the sums of its parts'. The denominator of the consolidation rate is the entrants' table's."""
    return f"""
        with whole as (select {by}, numerator, denominator from indicators where level = '{of}'),
        parts as (select {by}, sum(numerator) as numerator, sum(denominator) as denominator from indicators where level = '{parts}' group by all)
        select count(*) from whole w full join parts p using ({by})
        where w.numerator is distinct from p.numerator or code <> 'consolidation' and w.denominator is distinct from p.denominator"""


CROSS_CHECKS = (
    # Invariant 1: every source row is in exactly one of records and quarantine, and the counts add up per file.
    CrossCheck(
        "rows_of_a_file", "files", ("rows", "accepted", "quarantined"), "行数应等于采用的与退回的之和",
        "The rows of a sheet are those accepted and those refused.",
        "select count(*) from files where rows <> accepted + quarantined",
    ),
    CrossCheck(
        "accepted_rows", "records", ("file", "sheet"), "每个工作表的记录数应等于 files 的 accepted", "A sheet has as many records as files says.",
        """with counted as (select registry, file, sheet, count(*) as rows from records group by all),
        shown as (select registry, file, sheet, sum(accepted) as rows from files group by all)
        select count(*) from counted c full join shown s using (registry, file, sheet) where coalesce(c.rows, 0) <> coalesce(s.rows, 0)""",
    ),
    CrossCheck(
        "refused_rows", "quarantine", ("file", "sheet"), "每个工作表退回的行数应等于 files 的 quarantined",
        "A sheet has as many refused rows as files says.",
        f"""with counted as (select registry, file, sheet, count(*) as rows from quarantine where row is not null and {_NOT_ANSWERS} group by all),
        shown as (select registry, file, sheet, sum(quarantined) as rows from files group by all)
        select count(*) from counted c full join shown s using (registry, file, sheet) where coalesce(c.rows, 0) <> coalesce(s.rows, 0)""",
    ),
    CrossCheck(
        "row_in_one_place", "records", ("file", "sheet", "row"), "同一行只应在 records 或 quarantine 里出现一次",
        "A row is once in records or once in quarantine.",
        f"""with places as (select registry, file, sheet, row from records
            union all select registry, file, sheet, row from quarantine where row is not null and {_NOT_ANSWERS})
        select coalesce(sum(rows), 0) from (select count(*) as rows from places group by registry, file, sheet, row having count(*) > 1)""",
    ),
    CrossCheck(
        "refused_file_has_a_reason", "files", ("status",), "退回或被取代的文件在 quarantine 里应有原因", "A refused file has its reason in quarantine.",
        """select count(*) from files f anti join (select * from quarantine where row is null) q using (registry, file, sheet)
        where f.status in ('refused', 'superseded')""",
    ),
    CrossCheck(
        "read_file_is_known", "files", ("sha256", "heading_row", "dated"), "读入的文件应有指纹、表头行和日期",
        "A file that was read has fingerprint, heading row and day.",
        "select count(*) from files where status in ('read', 'stale') and (sha256 is null or heading_row is null or dated is null)",
    ),
    CrossCheck(
        "warnings_counted", "notices", ("rows",), "行数应等于 warnings 里的行数", "A notice counts the rows of its warnings.",
        """with counted as (select registry, file, sheet, "column", rule, count(*) as rows from warnings group by all),
        shown as (select registry, file, sheet, "column", rule, sum(rows) as rows from notices where rows > 0 group by all)
        select count(*) from counted c full join shown s on c.registry = s.registry and c.file = s.file and c.sheet = s.sheet and c.rule = s.rule
            and c."column" is not distinct from s."column"
        where coalesce(c.rows, 0) <> coalesce(s.rows, 0)""",
    ),
    CrossCheck(
        "profiled_rows", "profiles", ("amount",), "各系统的行数应等于 records 里的行数", "The profile of a registry has the number of its records.",
        """with counted as (select registry, count(*) as rows from records group by all),
        shown as (select registry, amount as rows from profiles where measure = 'rows')
        select count(*) from counted c full join shown s using (registry) where coalesce(c.rows, 0) <> coalesce(s.rows, 0)""",
    ),
    CrossCheck(
        "birthdate_has_origin", "records", ("birthdate_from",), "有出生日期的应写明取自何处", "A birthdate says where it is taken from.",
        "select count(*) from records where (birthdate is null) <> (birthdate_from is null)",
    ),
    CrossCheck(
        "sex_has_origin", "records", ("sex_from",), "有性别的应写明取自何处", "A sex says where it is taken from.",
        "select count(*) from records where (sex is null) <> (sex_from is null)",
    ),
    # Persons: every record is one person's.
    CrossCheck(
        "identity_of_each_record", "identities", ("record_id",), "每条记录应有一人", "Every record has a person: there are as many rows as records.",
        "select abs((select count(*) from identities) - (select count(*) from records))",
    ),
    CrossCheck(
        "records_of_each_person", "persons", ("records",), "记录数应等于 identities 里的行数", "A person has as many records as identities says.",
        """with counted as (select person_id, count(*) as records from identities group by all)
        select count(*) from persons p full join counted c using (person_id) where p.records is distinct from c.records""",
    ),
    CrossCheck(
        "keys_of_each_person", "persons", ("person_id",), "每人在 person_keys 里应有凭据", "Every person has a key by which it keeps its id.",
        "select count(*) from persons where person_id not in (select person_id from person_keys)",
    ),
    CrossCheck(
        "linked_records_are_one_person", "links", ("decision",), "判定为同一人的两条记录应属同一人",
        "Two records that match are one person's, and two records.",
        """with owners as materialized (select record_id, person_id from identities)
        select count(*) from links l join owners a on a.record_id = l.record_id_l join owners b on b.record_id = l.record_id_r
        where l.record_id_l = l.record_id_r or l.decision = 'match' and a.person_id <> b.person_id""",
    ),
    # Invariant 2: every cohort child has exactly one whereabouts; the sums per township add up to the county.
    CrossCheck(
        "whereabouts_of_each_child", "persons", ("whereabouts", "whereabouts_rule"), "范围内的儿童应各有一个去向，范围外的没有",
        "A child of the cohort has a whereabouts and its rule; nobody else has.",
        "select count(*) from persons where in_cohort <> (whereabouts is not null) or in_cohort <> (whereabouts_rule is not null)",
    ),
    CrossCheck(
        "whereabouts_by_its_rule", "persons", ("whereabouts",), "去向应是判定表该行的去向", "The whereabouts is that of its row of the decision table.",
        "select count(*) from persons p join decision_codes d on d.rule = p.whereabouts_rule where p.whereabouts is distinct from d.whereabouts",
    ),
    CrossCheck(
        "first_condition_decides", "persons", ("conditions",), "成立的第一行应是去向所依据的一行", "The first row that holds is the one that decides.",
        "select count(*) from persons where split_part(conditions, ',', 1) is distinct from whereabouts_rule",
    ),
    CrossCheck(
        "listed_children", "unaccounted", ("person_id", "whereabouts"), "名单应恰好是范围内、去向须核查的儿童",
        "The list has exactly the children of the cohort whose whereabouts is listed.",
        """with listed as (select person_id, whereabouts from persons where in_cohort and whereabouts in (select code from listed_codes))
        select count(*) from listed l full join unaccounted u using (person_id) where l.whereabouts is distinct from u.whereabouts""",
    ),
    CrossCheck(
        "townships_add_up", "indicators", ("numerator", "denominator"), "各乡镇之和应等于全县", "The townships add up to the county.",
        _parts("county", "township", "code"),
    ),
    CrossCheck(
        "villages_add_up", "indicators", ("numerator", "denominator"), "各村之和应等于乡镇", "The villages of a township add up to it.",
        # Of villages the entrants' table knows nothing, so that their denominator is null.
        _parts("township", "village", "township, code"),
    ),
    CrossCheck(
        "listed_per_township", "indicators", ("numerator",), "各乡镇去向不明儿童数应等于名单上的人数",
        "Each township's listed children are those of the list.",
        _indicator_of_townships("numerator", "listed", "unaccounted", "true"),
    ),
    CrossCheck(
        "unaccounted_per_township", "indicators", ("numerator",), "各乡镇去向不明人数应等于 persons 里的人数",
        "Each township's unaccounted children are those of persons.",
        _indicator_of_townships("numerator", "unaccounted", "persons", "in_cohort and whereabouts = 'unaccounted'"),
    ),
    CrossCheck(
        "due_per_township", "indicators", ("denominator",), "各乡镇应入学人数应等于 persons 里的人数",
        "Each township's children due in school are those of persons.",
        _indicator_of_townships("denominator", "enrolment", "persons", "in_cohort and due and whereabouts <> 'left_register'"),
    ),
    CrossCheck(
        "shares", "indicators", ("share",), "比例应等于分子除以分母，分子不大于分母",
        "A share is numerator by denominator, and the numerator is part of the denominator.",
        """select count(*) from indicators where share is distinct from numerator / nullif(denominator, 0)
            or code <> 'consolidation' and numerator > denominator""",
    ),
    CrossCheck(
        "standings_tonight", "standings", ("listed", "due", "cleared"), "本次的红黑榜应与指标一致", "The newest standings are the indicators of the townships.",
        """with shown as (select township, max(numerator) filter (code = 'listed') as listed, max(denominator) filter (code = 'enrolment') as due,
            max(numerator) filter (code = 'cleared_this_week') as cleared from indicators where level = 'township' group by township)
        select count(*) from standings s left join shown i using (township)
        where s.as_of = $as_of and s.as_of = (select max(as_of) from standings)
            and (s.listed is distinct from i.listed or s.due is distinct from i.due or s.cleared is distinct from i.cleared)""",
    ),
    CrossCheck(
        "standings_shares", "standings", ("open_share", "clearance"), "未落实率、销号率应与人数一致", "The shares of a standing are those of its counts.",
        """select count(*) from standings where open_share is distinct from listed / nullif(due, 0)
            or clearance is distinct from cleared / nullif(listed + cleared, 0)""",
    ),
    # Invariant 6: nothing of another township in a township's list.
    CrossCheck(
        "listed_child_as_known", "unaccounted", ("township", "village", "name", "id_number"), "应与 persons 一致（责任乡镇、村、姓名、证号等）",
        "A listed child stands under its responsible township, with the values of persons.",
        """select count(*) from unaccounted u join persons p using (person_id)
        where (u.township, u.village, u.name, u.id_number, u.birthdate, u.sex, u.guardian, u.phone, u.poverty)
            is distinct from (p.responsible_township, p.village, p.name, p.id_number, p.birthdate, p.sex, p.guardian, p.phone, p.poverty)""",
    ),
    CrossCheck(
        "finding_where_the_person_is", "findings", ("township", "village", "in_cohort"), "应与 persons 一致（责任乡镇、村、是否在范围内）",
        "A discrepancy stands under the responsible township of its person.",
        """select count(*) from findings f join persons p using (person_id)
        where (f.township, f.village, f.in_cohort) is distinct from (p.responsible_township, p.village, p.in_cohort)""",
    ),
    # Cases: what is found tonight has a case of its own, and the log has every case.
    CrossCheck(
        "case_of_each_child", "unaccounted", ("case_id",), "应各有一个未销号的个案，人员和去向相同", "A listed child has an open case of its own.",
        f"""select count(*) from unaccounted u left join cases c using (case_id)
        where u.case_id is not null and (c.kind, c.person_id) is distinct from ('list', u.person_id)
            or {_NO_LOOK_BACK} and (c.state is null or c.state = 'closed' or c.rule <> u.whereabouts)""",
    ),
    CrossCheck(
        "case_of_each_finding", "findings", ("case_id",), "应各有一个未销号的个案，人员和规则相同", "A discrepancy has an open case of its own.",
        f"""select count(*) from findings f left join cases c using (case_id)
        where f.case_id is not null and (c.kind, c.person_id, c.rule) is distinct from ('finding', f.person_id, f.rule)
            or {_NO_LOOK_BACK} and (c.state is null or c.state = 'closed')""",
    ),
    CrossCheck(
        "one_finding_a_case", "findings", ("case_id",), "一个个案只应有一处不一致", "No two discrepancies share a case.",
        "select count(case_id) - count(distinct case_id) from findings",
    ),
    CrossCheck(
        "case_of_each_entry", "case_log", ("case_id",), "每个立过的个案应在 cases 里", "Every case that the log has by that night stands in cases.",
        "select count(distinct case_id) from case_log anti join cases using (case_id) where as_of <= $as_of",
    ),
    CrossCheck(
        "rule_of_each_entry", "case_log", ("rule",), "本次的去向或规则不在代码表之内",
        "What the log says of tonight's cases names a whereabouts or a rule that exists.",
        """select count(*) from case_log l semi join (select case_id from findings union all select case_id from unaccounted) using (case_id)
        where l.as_of = $as_of and (l.kind, l.rule) not in (select (kind, rule) from case_rules)""",
    ),
    CrossCheck(
        "closed_cases", "cases", ("state", "closed_on", "since"), "已销号的应有销号日期，日期先后应合理",
        "A closed case, and no other, has the day of its closing; the days are in order.",
        "select count(*) from cases where (state = 'closed') <> (closed_on is not null) or since < opened or closed_on < since",
    ),
)
