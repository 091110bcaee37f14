-- A listed child of whom a township has answered that its record and another are one person's, which the county has yet to accept: the
-- answer in words.
-- needs: links, sides, answers
-- gives: person_id varchar, answer_id varchar, words varchar
-- key: person_id
select s.person_id, k.answer_id, k.answer as words
from links k
join answers a on a.answer_id = k.answer_id and a.state = 'waiting'
join sides s on s.record_id in (k.record_id_l, k.record_id_r)
where s.listed
qualify row_number() over (partition by s.person_id order by k.answer_id desc, k.record_id_l, k.record_id_r) = 1
