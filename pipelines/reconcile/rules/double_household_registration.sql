-- A person has two open household registrations: each further one against the first. Two valid ID numbers are never joined unseen;
-- where all else agrees (a possible link of two registrations) the police are asked.
-- needs: person_records, links
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: none
select a.person_id, '户籍' as field, a.record_id as record_id_a, a.id_number as value_a, b.record_id as record_id_b,
    b.id_number as value_b, null::varchar as favoured, 'police_decide_which' as basis, null::varchar as basis_detail,
    '一人两条有效户籍' as message
from person_records a
join person_records b on a.person_id = b.person_id and a.role = 'household' and b.role = 'household'
    and a.record_id < b.record_id and a.register_state = 'normal' and b.register_state = 'normal'
qualify dense_rank() over (partition by a.person_id order by a.record_id) = 1
union all
select a.person_id, '户籍', a.record_id, a.id_number, b.record_id, b.id_number, null, 'police_decide_one_person', null,
    '疑似一人两条有效户籍，须公安核实'
from links l
join person_records a on a.record_id = l.record_id_l
join person_records b on b.record_id = l.record_id_r
where l.decision = 'possible' and a.role = 'household' and b.role = 'household'
    and a.register_state = 'normal' and b.register_state = 'normal'
