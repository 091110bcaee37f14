-- One row per ordered pair of persons that are more likely one than two (a possible link of probability 0.5 or more), which nobody has
-- confirmed. The list 疑似同一人 asks about the pair. Rules that report a missing record skip such persons.
-- needs: links, person_records
-- gives: person_id varchar, other_id varchar
-- key: person_id, other_id
select distinct l.person_id, r.person_id as other_id
from (select record_id_l as own, record_id_r as other from links where decision = 'possible' and probability >= 0.5
    union all select record_id_r, record_id_l from links where decision = 'possible' and probability >= 0.5) s
join person_records l on l.record_id = s.own
join person_records r on r.record_id = s.other
where l.person_id <> r.person_id
