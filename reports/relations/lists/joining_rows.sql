-- Two records that a township has found to be one person's, which the county is to accept before they are joined, as the sheet 同一人验收 shows
-- them: those of listed children first.
-- needs: possible_pairs, answers, refused_words
-- gives: township varchar, listed varchar, likelihood varchar, name_l varchar, name_r varchar, id_l varchar, id_r varchar, birthdate_l date,
--     birthdate_r date, guardian_l varchar, guardian_r varchar, place_l varchar, place_r varchar, registry_l varchar, registry_r varchar,
--     school_l varchar, school_r varchar, address_l varchar, address_r varchar, evidence_text varchar, record_id_l varchar,
--     record_id_r varchar, note varchar, answered_by varchar, answered_on date, received_on date, last_word varchar, answer_id varchar
-- key: record_id_l, record_id_r
select p.township, p.listed, p.likelihood, p.name_l, p.name_r, p.id_l, p.id_r, p.birthdate_l, p.birthdate_r, p.guardian_l, p.guardian_r,
    p.place_l, p.place_r, p.registry_l, p.registry_r, p.school_l, p.school_r, p.address_l, p.address_r, p.evidence_text, p.record_id_l,
    p.record_id_r, a.note, a.answered_by, a.answered_on, a.received_on, w.words as last_word, a.answer_id
from possible_pairs p
join answers a using (answer_id)
left join refused_words w on w.subject = a.answer_id
where p.answer_state = 'waiting'
order by p.listed desc, p.township nulls last, p.rowid
