-- One row per person with a possible link to a student record that nobody has confirmed: the likeliest one (candidate_record_id), and the
-- sentence in which the list shows it (candidate).
-- needs: links, person_records, registries, student_state_names
-- gives: person_id varchar, candidate_record_id varchar, candidate varchar
-- key: person_id
with sides as (
    select record_id_l as own, record_id_r as other, probability, evidence_text from links where decision = 'possible'
    union all
    select record_id_r, record_id_l, probability, evidence_text from links where decision = 'possible'
)
select m.person_id, o.record_id as candidate_record_id,
    address(t.title, o.file, o.sheet, o.row)
        || coalesce('，' || o.school, '') || coalesce('，' || n.name, '') || '（' || s.evidence_text || '）' as candidate
from sides s
join person_records m on m.record_id = s.own
join person_records o on o.record_id = s.other and o.role = 'student'
join registries t on t.registry = o.registry
left join student_state_names n on n.code = o.student_state
where m.role <> 'student'
qualify row_number() over (partition by m.person_id order by s.probability desc, o.record_id, s.own) = 1
