-- One row per listed child, with its case: the published table unaccounted. first_listed: the night on which its case was opened; in a look
-- back that lists what no night listed, as_of, and no case.
-- needs: listed_children, case_keys, cases
-- parameters: as_of
-- gives: person_id varchar, township varchar, village varchar, name varchar, id_number varchar, birthdate date, sex varchar,
--     guardian varchar, phone varchar, poverty boolean, disability varchar, whereabouts varchar, reason varchar, follow_up varchar, hint varchar,
--     candidate varchar, candidate_record_id varchar, sources varchar, first_listed date, case_id varchar
-- key: person_id
select u.*, coalesce(c.opened, $as_of) as first_listed, c.case_id
from listed_children u
left join case_keys t on t.kind = 'list' and t.id = u.person_id
left join cases c on c.key = t.key
order by u.person_id
