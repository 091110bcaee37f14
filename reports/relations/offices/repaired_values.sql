-- A kind of repair in a column of a sheet: how many values, and one of them before and after.
-- needs: repairs, systems, repair_names
-- gives: system varchar, file varchar, sheet varchar, column_name varchar, repair_name varchar, places integer, example_row integer, example_raw varchar, example_standardised varchar
-- key: none
select title as system, file, sheet, "column" as column_name, repair_name, count(*)::int as places,
    arg_min(row, row) as example_row, arg_min(raw, row) as example_raw,
    coalesce(arg_min(standardised, row), '（按未填）') as example_standardised
from repairs left join systems using (registry) left join repair_names using (rule)
group by registry, title, file, sheet, "column", rule, repair_name order by registry, file, sheet, "column", rule
