-- Of the people whom either register has in a child's household, not one is in the other's. Households of one prove nothing, and at least one
-- other person of the poor household must be in the household register.
-- needs: household_members, persons, preferred_records
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id
with pairs as (
    select a.person_id, a.household as poverty_household, b.household as registered_household
    from household_members a join household_members b on a.person_id = b.person_id and a.role = 'poverty' and b.role = 'household'
), sizes as (
    select role, household, count(*) as people from household_members group by all
), candidates as (
    select p.* from pairs p join persons c using (person_id)
    join sizes g on g.role = 'poverty' and g.household = p.poverty_household and g.people > 1
    join sizes h on h.role = 'household' and h.household = p.registered_household and h.people > 1
    where c.in_cohort
), together as (
    select c.person_id from candidates c
    join household_members x on x.role = 'poverty' and x.household = c.poverty_household and x.person_id <> c.person_id
    join household_members y on y.role = 'household' and y.household = c.registered_household and y.person_id = x.person_id
), known as (
    select c.person_id from candidates c
    join household_members x on x.role = 'poverty' and x.household = c.poverty_household and x.person_id <> c.person_id
    join household_members y on y.role = 'household' and y.person_id = x.person_id
)
select c.person_id, '家庭' as field, g.record_id as record_id_a, '户编号 ' || c.poverty_household as value_a, h.record_id as record_id_b,
    '户号 ' || c.registered_household as value_b, 'b' as favoured, 'legal_record' as basis, null::varchar as basis_detail,
    '两处同户的人没有一个相同' as message
from candidates c
join preferred_records g on g.person_id = c.person_id and g.role = 'poverty'
join preferred_records h on h.person_id = c.person_id and h.role = 'household'
where c.person_id not in (select person_id from together) and c.person_id in (select person_id from known)
qualify row_number() over (partition by c.person_id order by c.poverty_household, c.registered_household) = 1
