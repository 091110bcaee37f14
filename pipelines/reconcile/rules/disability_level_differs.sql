-- A valid certificate of disability and something else do not agree in type or level: characters 19 and 20 of its own number, the poverty
-- system or the student record, or a second valid certificate. One finding for each system that does not agree.
-- needs: valid_certificates, preferred_records, person_records
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: record_id_a, record_id_b
select d.person_id, '残疾类别和等级' as field, d.record_id as record_id_a, disability_words(d.disability_type, d.disability_level) as value_a,
    d.record_id as record_id_b, disability_in_number(d.certificate_number) as value_b, 'a' as favoured,
    'current_assessment' as basis, null::varchar as basis_detail, '与残疾证号末两位不符' as message
from valid_certificates d
where length(d.certificate_number) >= 20
    and disability_in_number(d.certificate_number) <> disability_words(d.disability_type, d.disability_level)
union all
select d.person_id, '残疾类别和等级', d.record_id, disability_words(d.disability_type, d.disability_level), o.record_id,
    coalesce(case when o.role = 'poverty' then disability_in_number(o.certificate_number) end,
        disability_words(o.disability_type, o.disability_level)),
    'a', 'certificate_decides', null, null
from valid_certificates d join preferred_records o on d.person_id = o.person_id and o.role in ('poverty', 'student')
where (o.disability_type <> '无' and o.disability_type <> '其他' and o.disability_type <> d.disability_type
    or o.disability_level <> d.disability_level
    or o.role = 'poverty' and length(o.certificate_number) >= 20
        and disability_in_number(o.certificate_number) <> disability_words(d.disability_type, d.disability_level)
        and o.certificate_number is distinct from d.certificate_number)
union all
select a.person_id, '残疾类别和等级', a.record_id, disability_words(a.disability_type, a.disability_level), b.record_id,
    disability_words(b.disability_type, b.disability_level), null, 'federation_cancels_one', null, '一人两本有效残疾证'
from person_records a
join person_records b on a.person_id = b.person_id and a.record_id < b.record_id and a.role = 'disability' and b.role = 'disability'
where a.certificate_state = 'valid' and b.certificate_state = 'valid'
    and disability_words(a.disability_type, a.disability_level) <> disability_words(b.disability_type, b.disability_level)
