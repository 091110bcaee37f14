-- A finding that only an office can settle, for the child's township to know, as the sheet 信息不一致（供参考） shows it.
-- needs: finding_rows
-- gives: person_id varchar, township varchar, village varchar, name varchar, id_number varchar, severity_name varchar, rule_name varchar, field_name varchar, kind_name varchar, registry_a varchar, value_a varchar, registry_b varchar, value_b varchar, favoured_value varchar, why varchar, advice varchar, owner varchar, message varchar, answer varchar, a_elsewhere boolean, b_elsewhere boolean, either_elsewhere boolean, favoured_elsewhere boolean
-- key: none
select * exclude (address_a, address_b, case_id, finding_id, asked) from finding_rows where not asked order by rowid
