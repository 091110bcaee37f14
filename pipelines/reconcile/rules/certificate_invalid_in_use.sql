-- The certificate of disability is cancelled, expired or frozen and no other is valid, and the poverty system or the student record still
-- has the person as disabled.
-- needs: preferred_records, certificate_state_names, registries, valid_certificates
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id
select d.person_id, '残疾证' as field, d.record_id as record_id_a, n.name as value_a, o.record_id as record_id_b,
    coalesce(o.certificate_number, nullif(o.disability_type, '无'), o.health) as value_b, 'a' as favoured, 'federation_issues' as basis,
    null::varchar as basis_detail, t.title || '仍按残疾登记' as message
from preferred_records d
join preferred_records o on d.person_id = o.person_id and o.role in ('poverty', 'student')
    and (o.certificate_number is not null or o.disability_type <> '无' or contains(o.health, '残疾'))
join certificate_state_names n on n.code = d.certificate_state
join registries t on t.registry = o.registry
where d.role = 'disability' and d.certificate_state <> 'valid'
    and d.person_id not in (select person_id from valid_certificates)
qualify row_number() over (partition by d.person_id order by o.precedence desc) = 1
