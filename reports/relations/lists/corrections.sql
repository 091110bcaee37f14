-- What an office is to correct in its own system, as the sheet 更正清单 shows it: of each discrepancy the side that the evidence is not for
-- (both where it is for neither, or where the rule names the office), and what townships found out that only that office can enter:
-- deaths and departures for the police, children who are, or are back, at school in the county for the education bureau. keeper: the office.
-- A case stays open until the system itself has the value.
-- needs: findings, homes, records, identities, answers, registry_names, field_names, rule_names, severities, correcting_answers, refused_words, left_to_offices, unaccounted
-- gives: keeper varchar, system varchar, file varchar, sheet varchar, row integer, township varchar, name varchar, id_number varchar, school varchar, problem varchar, field_name varchar, value_now varchar, value_right varchar, why varchar, compared_with varchar, township_said varchar, answer varchar, case_id varchar, person_id varchar
-- key: none
with told as (  -- the last answer of a township about the case
    select case_id, value || coalesce('（' || detail || '）', '') || coalesce('，' || answered_by, '') || '，' || answered_on::varchar as words
    from answers where kind = 'discrepancy' and state = 'accepted' and about is null
    qualify row_number() over (partition by case_id order by answered_on desc, received_on desc, answer_id desc) = 1
), own_records as (  -- of each person and system the first record
    select i.person_id, r.registry, min(r.record_id) as record_id
    from identities i join records r using (record_id) group by all
), sided as (
    select f.*, 'a' as side, f.registry_a as registry, f.record_id_a as record_id, f.value_a as now, f.value_b as other, f.address_b as beside
    from findings f
    union all
    select f.*, 'b', f.registry_b, f.record_id_b, f.value_b, f.value_a, f.address_a from findings f where f.registry_b is not null
    union all  -- an office that the rule names and that the discrepancy does not rest on: what its system lacks is what is wrong
    select f.*, 'none', g.code, o.record_id, null, concat_ws('：', f.field, f.value_a), f.address_a
    from findings f
    join rule_names u on u.code = f.rule
    join registry_names g on contains(replace(u.owner, '教育局（资助中心）', '资助中心'), g.keeper)
    left join own_records o on o.person_id = f.person_id and o.registry = g.code
    where not exists (from registry_names s where s.keeper = g.keeper and s.code in (f.registry_a, f.registry_b))
    qualify row_number() over (partition by f.finding_id, g.keeper order by o.record_id is null, g.rank) = 1
), of_findings as (
    select g.keeper, g.rank as system_rank, g.name as system, r.file, r.sheet, r.row, coalesce(h.home, b.township) as township, coalesce(r.name, h.name) as name,
        coalesce(r.id_number, r.id_raw, h.id_number) as id_number, r.school, u.name as problem, coalesce(d.name, b.field) as field_name, b.now as value_now,
        case when b.side = 'none' then u.advice when b.favoured <> b.side then b.other end as value_right, b.why, b.beside as compared_with, t.words as township_said, null::varchar as answer,
        b.case_id, b.person_id, s.rank as severity
    from sided b
    join rule_names u on u.code = b.rule
    join registry_names g on g.code = b.registry
    left join records r on r.record_id = b.record_id
    join severities s on s.code = b.severity
    left join homes h on h.person_id = b.person_id
    left join field_names d on d.code = b.field
    left join told t on t.case_id = b.case_id
    where b.in_cohort and b.registry <> 'answers' and b.case_id is not null
        and case when contains(u.owner, '{}') then b.favoured is distinct from b.side else contains(u.owner, g.keeper) end
), of_children as (  -- where the office has said that there is nothing to correct, the row stays, with its word
    select l.person_id, u.case_id, a.value, a.detail, a.note, a.evidence, a.answered_by, a.answered_on
    from left_to_offices l
    join answers a using (answer_id)
    join unaccounted u on u.person_id = l.person_id
    where not l.asked or l.office_words is not null
), own_words as (  -- an office's own last word about a case, one for each of its systems
    select case_id, about as system, concat_ws('，', coalesce(value, '已填正确值'), detail, answered_on::varchar) as words
    from answers where kind = 'discrepancy' and state = 'accepted' and about is not null
    qualify row_number() over (partition by case_id, about order by answered_on desc, received_on desc, answer_id desc) = 1
), of_answers as (
    select g.keeper, g.rank as system_rank, g.name as system, r.file, r.sheet, r.row, h.home as township, h.name, h.id_number, r.school,
        k.problem, k.field_name, null::varchar as value_now, replace(k.value_right, '{}', coalesce(a.detail, '')) as value_right,
        concat_ws('；', a.note, a.evidence) as why, null::varchar as compared_with,
        concat_ws('，', a.value || coalesce('（' || a.detail || '）', ''), a.answered_by, a.answered_on::varchar) as township_said,
        null::varchar as answer, a.case_id, a.person_id, 0 as severity
    from of_children a
    join correcting_answers k on k.code = a.value
    join registry_names g on g.code = k.registry
    join homes h on h.person_id = a.person_id
    left join own_records o on o.person_id = a.person_id and o.registry = k.registry
    left join records r on r.record_id = o.record_id
)
select c.* exclude (system_rank, severity) replace (coalesce(w.words, o.words) as answer)
from (select * from of_answers union all select * from of_findings) c
left join own_words o on o.case_id = c.case_id and o.system = c.system
left join refused_words w on w.subject = c.case_id and w.system = c.system
order by keeper, system_rank, severity, problem, township nulls last, file, sheet, row, case_id
