-- A listed child whose township has answered all that it can: what is left is for an office to enter (a death, a departure, a school of the
-- county). asked: the township is asked again, because the office has answered anything but 已更正 (office_words), or answered 已更正 and an export
-- of its system of a later day does not have it; because of an accepted answer or a report of the day of the township's answer or later;
-- because a school has marked the child as dropped out since; or because it is listed as a drop-out and was listed for another reason then.
-- Without a later export nobody can tell whether 已更正 is true.
-- A pupil reported as 名在人不在 is never an office's, for its record is in order; only its death is.
-- An answer counts for this listing and this semester alone.
-- needs: last_answers, answers, correcting_answers, registry_names, unaccounted, cases, case_log, records, identities, files
-- parameters: semester
-- gives: person_id varchar, answer_id varchar, keeper varchar, asked boolean, office_words varchar
-- key: person_id
with told as (
    select l.person_id, l.answer_id, a.answered_on, a.received_on, u.case_id, u.reason, c.registry, g.name as system, g.keeper
    from last_answers l
    join answers a using (answer_id)
    join correcting_answers c on c.code = a.value
    join registry_names g on g.code = c.registry
    join unaccounted u on u.person_id = l.person_id
    join cases k on k.case_id = u.case_id and k.since <= a.answered_on
    where l.state = 'accepted' and a.answered_on >= $semester and (u.reason <> 'reported_absent' or a.value = '死亡')
), reasons_then as (
    select t.person_id, arg_max(g.content ->> 'reason', g.entry) as reason
    from told t
    join case_log g on g.kind = 'list' and g.case_id = t.case_id and g.as_of <= t.answered_on
    group by t.person_id
), replies as (
    select t.person_id, concat_ws('，', a.about || '：' || coalesce(a.value, '已填正确值'), a.detail, a.answered_by, a.answered_on::varchar) as words, a.value, a.answered_on
    from told t
    join answers a on a.kind = 'discrepancy' and a.case_id = t.case_id and a.about = t.system and a.state = 'accepted' and a.received_on > t.received_on
    qualify row_number() over (partition by t.person_id order by a.answered_on desc, a.received_on desc, a.answer_id desc) = 1
), exports as (  -- when the office's system was exported: the file with the child's record, or where it has none the oldest of the system's files
    select t.person_id, coalesce(max(f.dated) filter (r.record_id is not null), min(f.dated)) as exported_on
    from told t
    join files f on f.registry = t.registry and f.status in ('read', 'stale')
    left join identities i using (person_id)
    left join records r on r.record_id = i.record_id and (r.registry, r.file, r.sheet) = (f.registry, f.file, f.sheet)
    group by t.person_id
), said_since as (  -- by another answer in effect, a report that the child is there and in no school, or a school
    select t.person_id
    from told t
    join answers a on a.kind = 'whereabouts' and a.case_id = t.case_id and a.state = 'accepted' and a.answer_id <> t.answer_id and a.answered_on >= t.answered_on
    union
    select t.person_id
    from told t
    join identities i using (person_id)
    join records r on r.record_id = i.record_id and (r.report_state in ('absent', 'found') and r.state_date >= t.answered_on
        or r.student_state = 'dropped_out' and r.state_date > t.answered_on)
)
select t.person_id, t.answer_id, t.keeper,
    coalesce(o.value <> '已更正' or coalesce(e.exported_on > o.answered_on, false), o.words is not null) or t.person_id in (select person_id from said_since)
        or (t.reason = 'dropped_out' and t.reason is distinct from b.reason) as asked,
    o.words as office_words
from told t
left join reasons_then b using (person_id)
left join replies o using (person_id)
left join exports e using (person_id)
