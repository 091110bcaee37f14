-- One row per person and rule of a discrepancy between (or within one of) the three systems whose agreement the plan asks for.
-- needs: discrepancies
-- gives: person_id varchar, rule varchar
-- key: person_id, rule
select distinct person_id, rule from discrepancies
where of_three_systems(registry_a) and of_three_systems(coalesce(registry_b, registry_a))
