-- Two records that may be one person's, a question for an officer, as the sheet 疑似同一人 shows it: pairs of a listed child first, then
-- the likeliest. Two persons are one question, however many of their records are alike: the likeliest pair is shown.
-- answer_state: of an answer that the county has yet to accept, or has returned.
-- needs: links, sides, answers
-- gives: township varchar, village varchar, likelihood varchar, listed varchar, registry_l varchar, registry_r varchar, name_l varchar, name_r varchar, id_l varchar, id_r varchar, birthdate_l date, birthdate_r date, guardian_l varchar, guardian_r varchar, place_l varchar, place_r varchar, school_l varchar, school_r varchar, address_l varchar, address_r varchar, evidence_text varchar, answer varchar, record_id_l varchar, record_id_r varchar, answer_id varchar, answer_state varchar
-- key: record_id_l, record_id_r
select
    -- One township on both sides, or on one while the other side has none: its officer may see the pair.
    case when coalesce(l.home, r.home) = coalesce(r.home, l.home) then coalesce(l.home, r.home) end as township,
    case when l.listed then l.village when r.listed then r.village when l.in_cohort then l.village else r.village end as village,
    case when k.probability >= 0.9 then '很可能' when k.probability >= 0.5 then '可能' else '存疑' end as likelihood,
    case when l.listed or r.listed then '是' else '否' end as listed,
    l.registry as registry_l, r.registry as registry_r, l.name as name_l, r.name as name_r, l.id as id_l, r.id as id_r,
    l.birthdate as birthdate_l, r.birthdate as birthdate_r, l.guardian as guardian_l, r.guardian as guardian_r,
    l.place as place_l, r.place as place_r, l.school as school_l, r.school as school_r,
    l.address as address_l, r.address as address_r, k.evidence_text, k.answer, k.record_id_l, k.record_id_r, k.answer_id, a.state as answer_state
from links k
left join answers a using (answer_id)
join sides l on l.record_id = k.record_id_l
join sides r on r.record_id = k.record_id_r
where k.decision = 'possible' and (l.in_cohort or r.in_cohort)
qualify row_number() over (partition by least(l.person_id, r.person_id), greatest(l.person_id, r.person_id)
    order by k.probability desc, k.record_id_l, k.record_id_r) = 1
order by (l.listed or r.listed) desc, k.probability desc, k.record_id_l, k.record_id_r
