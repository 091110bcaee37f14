-- What happened to the case of a child, once, with the periods it falls in, as the sheet 变化 shows it. A person that is gone is named
-- by its last night on the list. merged: the person's number was taken up by another, who may live elsewhere; null where a log of a version
-- before the reasons had codes does not tell.
-- needs: changes, homes, case_log, whereabouts_names, rule_names, event_names, case_kinds
-- gives: in_run varchar, in_week varchar, as_of date, event varchar, case_id varchar, person_id varchar, township varchar, village varchar, name varchar, kind_name varchar, rule_name varchar, said varchar, merged boolean
-- key: none
select if(e.in_run, '是', '否') as in_run, if(e.in_week, '是', '否') as in_week, e.as_of, v.name as event, e.case_id, e.person_id,
    coalesce(h.home, e.township) as township, coalesce(h.village, e.village) as village, coalesce(h.name, l.name) as name,
    n.name as kind_name, coalesce(w.name, u.name, e.rule) as rule_name, e.said,
    e.event = 'closed' and e.reason = 'merged' as merged
from (
    select as_of, event, case_id, kind, person_id, rule, township, village, said, reason,
        bool_or(period = 'run') as in_run, bool_or(period = 'week') as in_week
    from changes group by all
) e
left join homes h using (person_id)
left join (
    select case_id, arg_max(content ->> 'name', entry) as name from case_log
    where kind = 'list' and case_id in (select case_id from changes) group by case_id
) l using (case_id)
left join whereabouts_names w on e.kind = 'list' and w.code = e.rule
left join rule_names u on e.kind = 'finding' and u.code = e.rule
join event_names v on v.code = e.event
join case_kinds n on n.code = e.kind
where e.kind = 'list' or coalesce(h.in_cohort, true)
order by n.rank, v.rank, e.as_of desc, coalesce(h.home, e.township) nulls last, e.village nulls last,
    coalesce(h.name, l.name) nulls last, e.case_id
