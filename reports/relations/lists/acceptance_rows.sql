-- Answers that wait for the county's word, those to ask about first, as the sheet 答复验收 shows them. last_word: the county's own, refused.
-- needs: whereabouts_answers, refused_words
-- gives: person_id varchar, township varchar, village varchar, name varchar, id_number varchar, birthdate date, guardian varchar, phone varchar, value varchar, detail varchar, note varchar, evidence varchar, answered_by varchar, answered_on date, received_on date, doubt_name varchar, reported varchar, last_word varchar, answer_id varchar
-- key: answer_id
select person_id, township, village, name, id_number, birthdate, guardian, phone, value, detail, note, evidence, answered_by, answered_on, received_on, doubt_name, reported,
    w.words as last_word, answer_id
from whereabouts_answers
left join refused_words w on w.subject = answer_id
where state = 'waiting'
order by doubt_name is null, township nulls last, detail nulls last, village nulls last, name, answer_id
