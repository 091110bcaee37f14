-- One row per row of case_subjects, with the key of its case: what it is about and, of a discrepancy, a number, because several may be about
-- the same (two wrong names of one child in one system). Each discrepancy takes, of the numbers of what it is about: (1) that of the case
-- that showed the same values; (2) else one of an earlier case that (1) left over, open cases first; (3) else the next new number.
-- needs: case_subjects, last_entries
-- gives: id varchar, kind varchar, person_id varchar, rule varchar, township varchar, village varchar, registries varchar, content varchar,
--     basis varchar, key varchar
-- key: key
with earlier as (  -- the cases of discrepancies so far: the key taken apart, and the values last shown
    select regexp_replace(key, '/[0-9]+$', '') as about, regexp_extract(key, '[0-9]+$')::int as number, event,
        content ->> 'value_a' as value_a, content ->> 'value_b' as value_b
    from last_entries where kind = 'finding'
), same_values as (  -- (1): one case a discrepancy, and one discrepancy a case
    select f.id, e.about, e.number from case_subjects f
    join earlier e on e.about = f.about and e.value_a is not distinct from f.value_a and e.value_b is not distinct from f.value_b
    where f.kind = 'finding'
    qualify row_number() over (partition by f.id order by e.event = 'closed', e.number) = 1
        and row_number() over (partition by e.about, e.number order by f.id) = 1
), left_over as (  -- (2): the earlier cases without such a discrepancy, in the order in which their numbers are taken
    select about, number, row_number() over (partition by about order by event = 'closed', number) as position
    from earlier anti join same_values using (about, number)
), other_values as (  -- the discrepancies without such a case, in the order in which they take a number
    select id, about, row_number() over (partition by about order by value_a, value_b, id) as position
    from case_subjects anti join same_values using (id) where kind = 'finding'
), last_numbers as (  -- (3): the highest number so far, and how many numbers (2) gives out before new ones begin
    select about, max(number) as number, count(l.number) as reused
    from earlier e left join left_over l using (about, number) group by about
)
select f.id, f.kind, f.person_id, f.rule, f.township, f.village, f.registries, f.content, f.basis,
    f.about || coalesce('/' || coalesce(s.number, l.number, coalesce(n.number, 0) + o.position - coalesce(n.reused, 0)), '') as key
from case_subjects f
left join same_values s on s.id = f.id and f.kind = 'finding'
left join other_values o on o.id = f.id and f.kind = 'finding'
left join left_over l on l.about = o.about and l.position = o.position
left join last_numbers n on n.about = o.about
