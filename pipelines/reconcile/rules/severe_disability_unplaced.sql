-- A child has a valid certificate of disability of level one or two and is in no school: it is listed, or off the list because an answer told of an
-- approved exemption (免学、缓学). The approval ends the visits and places nobody: the offices keep the child until a register has a student
-- record (送教上门 among them) or the certificate ends, or an accepted answer names its school elsewhere.
-- needs: persons, valid_certificates, whereabouts_codes
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: record_id_a
select p.person_id, '安置' as field, d.record_id as record_id_a, disability_words(d.disability_type, d.disability_level) as value_a,
    null::varchar as record_id_b, '无在读学籍' as value_b, null::varchar as favoured, 'placement_needed' as basis,
    null::varchar as basis_detail,
    case when p.whereabouts = 'exempted' then '凭答复已批准免学、缓学，仍未安置：每学期复核能否送教上门' end as message
from persons p
join valid_certificates d on d.person_id = p.person_id
join whereabouts_codes w on w.code = p.whereabouts and (w.listed or w.code = 'exempted')
where d.disability_level in ('1', '2')
