-- One row per row of case_subjects, with the key of its case: what it is about and, of a discrepancy, a number. Of several discrepancies
-- about the same (two wrong names of one child in one system) each goes on as the case that showed the same values; the rest
-- take up the cases that are left, open ones first, or begin new ones.
-- needs: case_subjects, last_entries
-- gives: id varchar, kind varchar, person_id varchar, rule varchar, township varchar, village varchar, registries varchar, content varchar,
--     key varchar
-- key: key
with numbered as (
    select regexp_replace(key, '/[0-9]+$', '') as about, regexp_extract(key, '[0-9]+$')::int as number, event,
        content ->> 'value_a' as value_a, content ->> 'value_b' as value_b
    from last_entries where kind = 'finding'
), same as (
    select f.id, s.about, s.number from case_subjects f
    join numbered s on s.about = f.about and s.value_a is not distinct from f.value_a and s.value_b is not distinct from f.value_b
    where f.kind = 'finding'
    qualify row_number() over (partition by f.id order by s.event = 'closed', s.number) = 1
        and row_number() over (partition by s.about, s.number order by f.id) = 1
), free as (
    select about, number, row_number() over (partition by about order by event = 'closed', number) as place
    from numbered anti join same using (about, number)
), rest as (
    select *, row_number() over (partition by about order by value_a, value_b, id) as place
    from case_subjects anti join same using (id) where kind = 'finding'
), last as (
    select about, max(number) as number, count(*) filter (number not in (select number from same where same.about = numbered.about)) as free
    from numbered group by about
)
select f.id, f.kind, f.person_id, f.rule, f.township, f.village, f.registries, f.content,
    f.about || coalesce('/' || coalesce(s.number, r.number, coalesce(l.number, 0) + o.place - coalesce(l.free, 0)), '') as key
from case_subjects f
left join same s on s.id = f.id and f.kind = 'finding'
left join rest o on o.id = f.id and f.kind = 'finding'
left join free r on r.about = o.about and r.place = o.place
left join last l on l.about = o.about
