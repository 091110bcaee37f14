-- One row per case that closes tonight: it was open and nothing tonight is about it. reason: a code of schemas.words.CLOSED_REASON_NAME, or
-- 'whereabouts' for a listed child that has a whereabouts now; said: the same in Chinese, with what belongs to it. A case stays open
-- where a registry that it rests on is missing tonight: nobody can see whether it is mended.
-- needs: last_entries, case_keys, persons, person_records, person_events, records, whereabouts_codes, decisions, rules,
--     closed_reason_words
-- parameters: as_of
-- gives: case_id varchar, reason varchar, whereabouts varchar, said varchar
-- key: case_id
with gone as (
    select b.* from last_entries b
    where b.event <> 'closed' and b.key not in (select key from case_keys)
        and not exists (select 1 from (select unnest(string_split(b.registries, ',')) as registry) r
            where r.registry <> '' and r.registry not in (select registry from records))
), merged as (
    select person_id, min(other_person_id) as other_person_id from person_events where event = 'merged' group by person_id
), reasoned as (
    select b.case_id, p.whereabouts as whereabouts_now, p.whereabouts_rule, m.other_person_id,
        case
            when p.person_id is null and m.other_person_id is not null then 'merged'
            when p.person_id is null then 'gone_from_all'
            when b.kind = 'list' and not p.in_cohort then 'out_of_scope'
            when b.kind = 'list' then 'whereabouts'
            when b.person_id in (select unnest([e.person_id, e.other_person_id]) from person_events e
                where e.event = 'split' and e.as_of = $as_of) then 'records_reassigned'
            -- Where both values are cells of records: are both still in one of the person's records?
            when u.values_are_cells then
                case when exists (select 1 from person_records r where r.person_id = b.person_id and (b.content ->> 'value_a') in (
                        r.name, r.id_number, r.id_raw, r.birthdate::varchar, r.sex, r.township, r.grade))
                    and exists (select 1 from person_records r where r.person_id = b.person_id and (b.content ->> 'value_b') in (
                        r.name, r.id_number, r.id_raw, r.birthdate::varchar, r.sex, r.township, r.grade))
                    then 'unchanged_no_longer_differs' else 'corrected' end
            else 'no_longer_differs'
        end as reason
    from gone b
    left join persons p using (person_id)
    left join merged m using (person_id)
    left join rules u on u.rule = b.rule
)
select g.case_id, g.reason, case when g.reason = 'whereabouts' then g.whereabouts_now end as whereabouts,
    case g.reason
        when 'whereabouts' then w.name || coalesce('（' || d.words || '）', '')
        else coalesce(c.words, error('no words in schemas.words for reason ' || g.reason))
            || case when g.reason = 'merged' then ' ' || g.other_person_id else '' end
    end as said
from reasoned g
left join whereabouts_codes w on w.code = g.whereabouts_now
left join decisions d on d.rule = g.whereabouts_rule
left join closed_reason_words c on c.code = g.reason
