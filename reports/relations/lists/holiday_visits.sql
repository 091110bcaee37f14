-- A child to be visited in the winter holiday, because it came back to school last semester, as the sheet 寒假家访名单 shows it, village by village
-- (plan, part 3 (四) 3 ①). No row outside the holiday, nor of a child that stands on 劝返记录.
-- needs: came_back, persons, homes, visits, visit_rows
-- parameters: winter_holiday
-- gives: person_id varchar, township varchar, village varchar, guardian varchar, name varchar, phone varchar, school varchar, grade varchar,
--     how varchar, back_on date, visits bigint, last_visits varchar, id_number varchar, case_id varchar
-- key: person_id
select c.person_id, h.home as township, p.village, p.guardian, p.name, p.phone, p.school, p.grade, c.how, c.back_on,
    coalesce(v.visits, 0) as visits, v.last_visits, p.id_number, c.case_id
from came_back c
join persons p using (person_id)
join homes h using (person_id)
left join visits v using (person_id)
where $winter_holiday and c.person_id not in (select person_id from visit_rows)
order by h.home nulls last, p.village nulls last, p.guardian nulls last, p.name, c.person_id
