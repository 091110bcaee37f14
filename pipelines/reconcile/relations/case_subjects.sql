-- One row per listed child and discrepancy tonight: what there is to be a case of. about: what the case is about, the same from night to
-- night (a child; or a rule, person, field and the two registries); several discrepancies may be about the same. id: person_id or
-- finding_id. content: the values shown, as JSON, without addresses, which change with every export. basis: the discrepancy's, as a code.
-- needs: listed_children, persons, discrepancies
-- gives: about varchar, id varchar, kind varchar, person_id varchar, rule varchar, township varchar, village varchar, registries varchar,
--     content varchar, basis varchar, value_a varchar, value_b varchar
-- key: kind, id
select 'list/' || u.person_id as about, u.person_id as id, 'list' as kind, u.person_id, u.whereabouts as rule, u.township, u.village, p.registries,
    to_json({'name': u.name, 'id_number': u.id_number, 'birthdate': u.birthdate::varchar, 'sex': u.sex, 'guardian': u.guardian,
        'phone': u.phone, 'poverty': u.poverty, 'disability': u.disability, 'reason': u.reason})::varchar as content,
    null::varchar as basis, null as value_a, null as value_b
from listed_children u join persons p using (person_id)
union all
select concat_ws('/', f.rule, f.person_id, f.field, f.registry_a, f.registry_b),
    f.finding_id, 'finding', f.person_id, f.rule, f.township, f.village,
    concat_ws(',', f.registry_a, f.registry_b),
    to_json({'field': f.field, 'kind': f.kind, 'value_a': f.value_a, 'value_b': f.value_b, 'favoured': f.favoured,
        'why': f.why, 'message': f.message})::varchar,
    f.basis, f.value_a, f.value_b
from discrepancies f
