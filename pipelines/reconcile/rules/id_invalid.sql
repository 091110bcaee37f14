-- An ID number that is damaged, a placeholder, or whole but wrong by itself where no right one differs from it; also where the certificate's
-- number took its place (id_status 'certificate': what was typed is neither the ID in that number nor that number, with or without the
-- figure of its reissue). One value in several systems is one finding.
-- needs: person_records, registries, valid_ids, differing_values
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: person_id, value_a
select r.person_id, '身份证号' as field, arg_min(r.record_id, r.precedence) as record_id_a, r.id_raw as value_a,
    v.record_id as record_id_b, v.number as value_b, case when v.number is not null then 'b' end as favoured,
    case when v.number is not null then 'whole_and_valid' else 'no_other_id' end as basis, null::varchar as basis_detail,
    case when count(distinct r.registry) > 1 then string_agg(distinct t.title, '、' order by t.title) || '登记相同' end as message
from person_records r join registries t on t.registry = r.registry left join valid_ids v on v.person_id = r.person_id
where (r.id_status in ('lost_precision', 'truncated', 'malformed', 'placeholder', 'masked', 'student_number')
    or r.id_status in ('bad_check', 'bad_date') and not exists (
        select 1 from differing_values d where d.field = 'id_number' and d.person_id = r.person_id
            and coalesce(r.id_number, typed_id(r.id_raw)) in (d.value_a, d.value_b))
    or r.id_status = 'certificate' and typed_id(r.id_raw) <> ''
        and not regexp_full_match(typed_id(r.id_raw), r.id_number || '([0-9]{2}[0-9]?)?'))
group by r.person_id, r.id_raw, v.record_id, v.number
