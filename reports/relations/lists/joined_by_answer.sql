-- A child that is not listed and whose records are one person's because a township answered so and the county accepted it (疑似同一人: 是): with
-- the student record of another it would be off the list on that word. detail: whose record was joined. What was said beyond the two
-- records is null where the answer of that day cannot be told.
-- needs: links, sides, persons, homes, answers
-- parameters: same_person
-- gives: person_id varchar, township varchar, village varchar, name varchar, id_number varchar, birthdate date, guardian varchar, phone varchar, value varchar, detail varchar, note varchar, evidence varchar, answered_by varchar, answered_on date, received_on date, decided_by varchar, decided_on date, answer_id varchar
-- key: person_id
with joined as (
    select s.person_id, s.listed, l.record_id_l, l.record_id_r, try_cast(right(l.answer, 10) as date) as answered_on,
        list_sort([concat(s.name, '/', s.id), concat(t.name, '/', t.id)]) as both,
        case when t.school is not null or s.school is null then t else s end as other
    from links l
    join sides s on s.record_id = l.record_id_l
    join sides t on t.record_id = l.record_id_r and t.person_id = s.person_id
    where l.decision = 'match' and starts_with(l.answer, $same_person)
), said as (
    -- about: the two sides, each the text of a list: system, name, ID and so on.
    select *, list_sort(list_transform(json_extract_string(about, '$[*]'),
        lambda side: concat(json_extract_string(side, '$[1]'), '/', json_extract_string(side, '$[2]')))) as both
    from answers where kind = 'pair' and value = '是' and state = 'accepted'
)
select j.person_id, h.home as township, p.village, p.name, p.id_number, p.birthdate, p.guardian, p.phone, '是同一人' as value,
    '与' || concat_ws('，', j.other.registry, j.other.name, j.other.id, j.other.school) || ' 并为一人' as detail, a.note, a.evidence, a.answered_by,
    j.answered_on, a.received_on, a.decided_by, a.decided_on, coalesce(a.answer_id, j.record_id_l || j.record_id_r) as answer_id
from joined j
join persons p using (person_id)
left join homes h using (person_id)
left join said a on a.answered_on = j.answered_on and a.both = j.both
where p.in_cohort and not j.listed
qualify row_number() over (partition by j.person_id order by a.answer_id is null, j.other.school is null, a.answer_id, j.record_id_l, j.record_id_r) = 1
