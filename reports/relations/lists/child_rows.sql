-- A child on the list of those whose whereabouts must be found, as the sheet 去向不明儿童 shows it: worst reason first, visits before calls,
-- then by place.
-- answer: the last one, in words, with what has become of it; answer_state: waiting where the county has yet to accept an answer,
-- be it that the child is back at school, or that two records are one person's (waiting_id: that answer); with_office where what is left is an office's.
-- walk: the row's place for an officer who goes from village to village: in each village the household with the worst reason first, the
-- children of a household together. county_cadre … teacher: who answers for the children of the village, or else of the whole township.
-- needs: unaccounted, homes, cases, last_answers, left_to_offices, waiting_pairs, sides, reasons, follow_ups, whereabouts_names, households, responsible
-- gives: person_id varchar, township varchar, village varchar, name varchar, sex varchar, birthdate date, id_number varchar, guardian varchar, phone varchar, poverty varchar, disability varchar, whereabouts varchar, reason varchar, reason_name varchar, follow_up varchar, follow_up_name varchar, hint varchar, candidate varchar, sources varchar, first_listed date, weeks integer, answer varchar, answer_state varchar, waiting_id varchar, case_id varchar, candidate_elsewhere boolean, walk bigint, county_cadre varchar, township_cadre varchar, village_cadre varchar, group_leader varchar, head_teacher varchar, teacher varchar
-- key: person_id
with placed as (
    select u.person_id, n.rank as reason_rank, f.rank as follow_up_rank,
        coalesce(d.household, concat_ws('/', u.township, u.village, u.guardian), u.person_id) as household
    from unaccounted u
    left join households d using (person_id)
    join reasons n on n.code = u.reason
    join follow_ups f on f.code = u.follow_up
), ranked as (
    select person_id, household, min(reason_rank * 10 + follow_up_rank) over (partition by household) as worst from placed
)
select u.person_id, coalesce(h.home, u.township) as township, u.village, u.name, u.sex, u.birthdate, u.id_number, u.guardian, u.phone,
    case when u.poverty then '是' when not u.poverty then '否' end as poverty,
    u.disability, w.name as whereabouts, u.reason, n.name as reason_name, u.follow_up, f.name as follow_up_name, u.hint, u.candidate, u.sources, u.first_listed,
    k.weeks, case when a.state = 'waiting' then a.words
        else coalesce('疑似同一人：' || m.words, nullif(concat_ws('；', a.words, l.office_words), ''), k.answer) end as answer,
    case when a.state = 'waiting' or m.answer_id is not null then 'waiting' when not l.asked then 'with_office' else a.state end as answer_state,
    case when a.state = 'waiting' then a.answer_id else m.answer_id end as waiting_id, u.case_id,
    coalesce(c.home <> coalesce(h.home, u.township, ''), false) as candidate_elsewhere,
    row_number() over (order by u.village nulls last, p.worst, p.household, n.rank, f.rank, u.birthdate, u.person_id) as walk,
    coalesce(v.county_cadre, t.county_cadre) as county_cadre, coalesce(v.township_cadre, t.township_cadre) as township_cadre,
    coalesce(v.village_cadre, t.village_cadre) as village_cadre, coalesce(v.group_leader, t.group_leader) as group_leader,
    coalesce(v.head_teacher, t.head_teacher) as head_teacher, coalesce(v.teacher, t.teacher) as teacher
from unaccounted u
join ranked p using (person_id)
left join homes h using (person_id)
left join cases k using (case_id)
left join last_answers a using (person_id)
left join left_to_offices l using (person_id)
left join waiting_pairs m using (person_id)
left join sides c on c.record_id = u.candidate_record_id
left join responsible v on v.township = coalesce(h.home, u.township) and v.village = u.village
left join responsible t on t.township = coalesce(h.home, u.township) and t.village is null
join reasons n on n.code = u.reason
join follow_ups f on f.code = u.follow_up
join whereabouts_names w on w.code = u.whereabouts
order by n.rank, f.rank, coalesce(h.home, u.township) nulls last, u.village nulls last, u.name, u.person_id
