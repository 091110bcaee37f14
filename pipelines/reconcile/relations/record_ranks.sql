-- One row per record: whether it is active and whether it is preferred. live: the registry says nothing of an end (in school, register
-- normal, certificate valid). active: live, or none of the person's records in that registry is; a person may have several, for an aid list
-- has a row a payment. preferred: the one record that stands for the person in that registry: by its states, then by precedence.
-- needs: person_records
-- gives: precedence bigint, active boolean, preferred boolean
-- key: precedence
select precedence, live or not bool_or(live) over mine as active, row_number() over (mine order by past, precedence) = 1 as preferred
from (
    select precedence, person_id, registry, coalesce(student_state, 'in_school') = 'in_school' and coalesce(register_state, 'normal') = 'normal'
            and coalesce(certificate_state, 'valid') = 'valid' as live,
        coalesce(student_state <> 'in_school', true)::int * 4 + coalesce(register_state <> 'normal', true)::int * 2
            + coalesce(certificate_state <> 'valid', true)::int as past
    from person_records)
window mine as (partition by person_id, registry)
