-- One row per discrepancy, with its case: the published table findings. No case in a look back that finds what no night found.
-- needs: discrepancies, case_keys, cases
-- gives: finding_id varchar, person_id varchar, rule varchar, severity varchar, field varchar, kind varchar, registry_a varchar,
--     value_a varchar, registry_b varchar, value_b varchar, favoured varchar, basis varchar, why varchar, township varchar, village varchar,
--     record_id_a varchar, record_id_b varchar, address_a varchar, address_b varchar, in_cohort boolean, message varchar, case_id varchar
-- key: finding_id
select f.*, c.case_id
from discrepancies f
left join case_keys t on t.kind = 'finding' and t.id = f.finding_id
left join cases c on c.key = t.key
order by f.finding_id
