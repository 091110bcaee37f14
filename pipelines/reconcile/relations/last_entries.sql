-- One row per case so far: its last entry up to the night as_of.
-- needs: earlier_case_log
-- parameters: as_of
-- gives: entry integer, as_of date, case_id varchar, event varchar, key varchar, kind varchar, person_id varchar, rule varchar,
--     township varchar, village varchar, registries varchar, said varchar, content varchar, reason varchar, whereabouts varchar,
--     basis varchar
-- key: case_id
select entry, as_of, case_id, event, key, kind, person_id, rule, township, village, registries, said, content, reason, whereabouts, basis
from earlier_case_log
where as_of <= $as_of qualify row_number() over (partition by case_id order by entry desc) = 1
