-- Children who are off the list because an answer said so, as the sheet 凭答复销号 shows them. sampled: to be asked by phone, a share of them
-- that follows from their answers and so stays the same from night to night, and of each township one at least; nobody where the share is 0. doubt_name: that a later answer was refused; other doubts are
-- settled once the county has accepted.
-- A child that only a report had put on the list, and that an accepted answer took back (withdrawn), is among them, and is not phoned: nobody is there.
-- needs: whereabouts_answers, reported_back, joined_by_answer, unaccounted
-- parameters: sample_share, withdrawn
-- gives: person_id varchar, township varchar, village varchar, name varchar, id_number varchar, birthdate date, guardian varchar, phone varchar, value varchar, detail varchar, note varchar, evidence varchar, answered_by varchar, answered_on date, received_on date, doubt_name varchar, decided_by varchar, decided_on date, sampled varchar
-- key: person_id
with off_list as (
    select person_id, township, village, name, id_number, birthdate, guardian, phone, value, detail, note, evidence, answered_by, answered_on,
        received_on, case when doubt = 'later_refused' then doubt_name end as doubt_name, decided_by, decided_on, answer_id
    from whereabouts_answers
    where state = 'accepted' and (rule in ('verified_elsewhere', 'exemption_approved')
        or value = $withdrawn and person_id not in (select person_id from unaccounted))
), told as (
    select * from off_list
    union all by name
    select * from reported_back where person_id not in (select person_id from off_list)
), every as (
    select * from told
    union all by name
    select * from joined_by_answer where person_id not in (select person_id from told)
), drawn as (
    select *, ('0x' || md5(answer_id)[:7])::int / 268435456.0 as lot from every
)
select person_id, township, village, name, id_number, birthdate, guardian, phone, value, detail, note, evidence, answered_by, answered_on, received_on,
    doubt_name, decided_by, decided_on,
    case when value <> $withdrawn and (lot < $sample_share
        or $sample_share > 0 and row_number() over (partition by township order by value = $withdrawn, lot, person_id) = 1) then '抽查' end as sampled
from drawn
order by township nulls last, village nulls last, name, person_id
