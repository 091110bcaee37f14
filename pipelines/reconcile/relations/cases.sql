-- One row per case as it stands on the night as_of: the published table cases. Its last entry says whether it is open, the earlier ones since
-- when and how often. A township's answer about a child lapses with the semester, whose first day is $semester.
-- needs: case_log
-- parameters: as_of, semester
-- gives: case_id varchar, kind varchar, person_id varchar, rule varchar, township varchar, village varchar, state varchar, opened date,
--     since date, weeks integer, answer varchar, closed_on date, closed_by varchar, closed_reason varchar, closed_whereabouts varchar,
--     reopened integer, key varchar
-- key: case_id
select case_id, arg_max(kind, entry) as kind, arg_max(person_id, entry) as person_id, arg_max(rule, entry) as rule,
    arg_max(township, entry) as township, arg_max(village, entry) as village,
    case when arg_max(event, entry) = 'closed' then 'closed'
        when max(as_of) filter (event = 'answered') >= max(as_of) filter (event in ('opened', 'reopened'))
            and (any_value(kind) = 'finding' or max(as_of) filter (event = 'answered') >= $semester) then 'answered'
        else 'open' end as state,
    min(as_of) as opened, max(as_of) filter (event in ('opened', 'reopened')) as since,
    (date_diff('day', max(as_of) filter (event in ('opened', 'reopened')),
        case when arg_max(event, entry) = 'closed' then max(as_of) else $as_of end) // 7)::int as weeks,
    arg_max(said, entry) filter (event = 'answered') as answer,
    case when arg_max(event, entry) = 'closed' then max(as_of) filter (event = 'closed') end as closed_on,
    case when arg_max(event, entry) = 'closed' then arg_max(said, entry) end as closed_by,
    case when arg_max(event, entry) = 'closed' then arg_max_null(reason, entry) end as closed_reason,
    case when arg_max(event, entry) = 'closed' then arg_max_null(whereabouts, entry) end as closed_whereabouts,
    (count(*) filter (event = 'reopened'))::int as reopened, arg_max(key, entry) as key
from case_log where as_of <= $as_of group by case_id order by case_id
