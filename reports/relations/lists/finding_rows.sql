-- A finding about a child of the cohort, as the sheet 信息不一致 shows it: a child's findings together, the gravest child first.
-- favoured_value is the value that the evidence is for; where it is for neither, what must be looked at. The columns …_elsewhere say
-- which of the values are about a child of another township. asked: the child's township can settle it, with the household book or a visit.
-- needs: findings, homes, sides, cases, registry_names, field_names, kind_names, rule_names, severities, household_book_needed, refused_words
-- gives: person_id varchar, township varchar, village varchar, name varchar, id_number varchar, severity_name varchar, rule_name varchar, field_name varchar, kind_name varchar, registry_a varchar, value_a varchar, registry_b varchar, value_b varchar, favoured_value varchar, why varchar, advice varchar, owner varchar, message varchar, address_a varchar, address_b varchar, answer varchar, case_id varchar, finding_id varchar, a_elsewhere boolean, b_elsewhere boolean, either_elsewhere boolean, favoured_elsewhere boolean, asked boolean
-- key: finding_id
with placed as (
    select f.*, coalesce(h.home, f.township) as home, coalesce(h.village, f.village) as place, h.name, h.id_number,
        coalesce(a.person_id is distinct from f.person_id and a.home <> coalesce(h.home, f.township, ''), false) as a_elsewhere,
        coalesce(b.person_id is distinct from f.person_id and b.home <> coalesce(h.home, f.township, ''), false) as b_elsewhere,
        f.basis in (select code from household_book_needed) as book_needed
    from findings f
    left join homes h using (person_id)
    left join sides a on a.record_id = f.record_id_a
    left join sides b on b.record_id = f.record_id_b
    where f.in_cohort
)
select f.person_id, f.home as township, f.place as village, f.name, f.id_number, s.name as severity_name, u.name as rule_name,
    coalesce(d.name, f.field) as field_name, coalesce(k.name, f.kind) as kind_name,
    coalesce(ga.name, f.registry_a) as registry_a, f.value_a, coalesce(gb.name, f.registry_b) as registry_b, f.value_b,
    case f.favoured when 'a' then f.value_a when 'b' then f.value_b else if(f.book_needed, '须看户口簿', '—') end as favoured_value,
    f.why, u.advice,
    -- The gap in the owner is for whoever keeps the register that is to be mended.
    format(u.owner, case f.favoured when 'a' then coalesce(gb.keeper, ga.keeper) when 'b' then ga.keeper
        else concat_ws('、', ga.keeper, nullif(gb.keeper, ga.keeper)) end) as owner,
    f.message, f.address_a, f.address_b, coalesce(w.words, o.answer) as answer, f.case_id, f.finding_id, f.a_elsewhere, f.b_elsewhere,
    f.a_elsewhere or f.b_elsewhere as either_elsewhere,
    coalesce(f.a_elsewhere and f.favoured = 'a' or f.b_elsewhere and f.favoured = 'b', false) as favoured_elsewhere,
    f.book_needed or u.visit as asked
from placed f
left join cases o using (case_id)
left join refused_words w on w.subject = f.case_id and w.system is null
left join registry_names ga on ga.code = f.registry_a
left join registry_names gb on gb.code = f.registry_b
left join field_names d on d.code = f.field
left join kind_names k on k.code = f.kind
join rule_names u on u.code = f.rule
join severities s on s.code = f.severity
order by min(s.rank) over (partition by f.person_id), f.home nulls last, f.place nulls last, f.name nulls last,
    f.person_id, s.rank, f.rule, f.finding_id
