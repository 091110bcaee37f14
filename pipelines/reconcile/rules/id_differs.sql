-- Two registries have different whole ID numbers for a person, and neither is a relative's. Two valid household registrations are the rule
-- double_household_registration.
-- needs: differing_values, person_records, persons, relatives_ids
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id, value_b
select d.person_id, '身份证号' as field, d.record_id_a, d.value_a, d.record_id_b, d.value_b,
    case when good_a and not good_b then 'a' when good_b and not good_a then 'b'
        when birth_a and not birth_b then 'a' when birth_b and not birth_a then 'b'
        when d.role_a = 'household' then 'a' when d.votes_b > d.votes_a then 'b' when d.votes_a > d.votes_b then 'a' end as favoured,
    case when good_a <> good_b then 'check_digit_wrong'
        when birth_a <> birth_b then 'agrees_with_birthdate'
        when d.role_a = 'household' then 'legal_record'
        when d.votes_b <> d.votes_a then 'more_systems'
        else 'both_ids_valid' end as basis,
    case when d.votes_b > d.votes_a then d.systems_b when d.votes_a > d.votes_b then d.systems_a end as basis_detail,
    case when d.votes_b > 1 then d.systems_b || '登记为后一值' end as message
from (
    select d.*, a.id_status in ('valid', 'certificate', 'fifteen', 'student_number') as good_a,
        b.id_status in ('valid', 'certificate', 'fifteen', 'student_number') as good_b,
        p.birthdate is not null and strftime(p.birthdate, '%Y%m%d') = substr(d.value_a, 7, 8) as birth_a,
        p.birthdate is not null and strftime(p.birthdate, '%Y%m%d') = substr(d.value_b, 7, 8) as birth_b
    from differing_values d
    join person_records a on a.record_id = d.record_id_a
    join person_records b on b.record_id = d.record_id_b
    join persons p on p.person_id = d.person_id
    where d.field = 'id_number'
) d
where d.record_id_b not in (select record_id from relatives_ids) and d.record_id_a not in (select record_id from relatives_ids)
    and not exists (
        select 1 from person_records x, person_records y
        where x.person_id = d.person_id and y.person_id = d.person_id and x.role = 'household'
            and y.role = 'household' and x.register_state = 'normal' and y.register_state = 'normal'
            and x.id_number = d.value_a and y.id_number = d.value_b)
