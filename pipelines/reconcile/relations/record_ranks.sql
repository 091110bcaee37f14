-- One row per record whose person has several in its registry: whether it is active and whether it is preferred among them. A record without
-- a row here is the person's only one in its registry, and is both.
-- live: no state says that it ended. active: live; or, if the person has no live record in this registry, every record (there may be several:
-- an aid list has a row a payment). preferred: the one record with the best state (student, then register, then certificate), then the
-- lowest precedence. precedence identifies the record as record_id does, and is quicker to join by.
-- needs: person_records
-- gives: precedence bigint, active boolean, preferred boolean
-- key: precedence
select precedence, live or not bool_or(live) over mine as active, row_number() over (mine order by ended, precedence) = 1 as preferred
from (
    select precedence, person_id, registry,
        coalesce(student_state, 'in_school') = 'in_school' and coalesce(register_state, 'normal') = 'normal'
            and coalesce(certificate_state, 'valid') = 'valid' as live,
        -- The weights put any student state before any register state, and that before any certificate state; no state is like an ended one.
        coalesce(student_state <> 'in_school', true)::int * 4 + coalesce(register_state <> 'normal', true)::int * 2
            + coalesce(certificate_state <> 'valid', true)::int as ended
    from person_records semi join (select person_id, registry from person_records group by all having count(*) > 1) using (person_id, registry))
window mine as (partition by person_id, registry)
