-- A child that was on the list and came back to school in this school year (returns). how: what that rests on.
-- needs: returns, cases
-- parameters: year_start, as_of
-- gives: person_id varchar, case_id varchar, back_on date, how varchar
-- key: person_id
select r.person_id, max(k.case_id) as case_id, max(r.back_on) as back_on, string_agg(distinct r.how, '；' order by r.how) as how
from returns r
join cases k on k.kind = 'list' and k.person_id = r.person_id
where r.back_on between $year_start and $as_of
group by r.person_id
