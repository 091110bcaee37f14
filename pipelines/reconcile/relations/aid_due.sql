-- One row per person to whom the living allowance is due: a pupil of a registered-poor household (other pupils may be due it on application).
-- Without a list of who was paid nobody can say who was not: then it is empty.
-- needs: persons, possible_roles, payments
-- gives: person_id varchar
-- key: person_id
select person_id from persons
where whereabouts_rule in ('student_record_open', 'taught_at_home') and poverty
    and person_id not in (select person_id from possible_roles where role = 'aid')
    and exists (select 1 from payments where not for_all)
