-- One row per case and what happened to it this week. before: it was open on Thursday (from the first event since then; if there is none,
-- from its state tonight).
-- cleared_as: what a closed case was closed as.
-- needs: cases, changes, week_homes, open_items, rule_groups, closed_as
-- parameters: nowhere
-- gives: kind varchar, home varchar, part varchar, marked boolean, before boolean, opened boolean, reopened boolean, cleared boolean, held boolean, shown boolean, weeks integer, answered boolean, cleared_as varchar
-- key: none
select c.kind, coalesce(h.home, c.township, $nowhere) as home, coalesce(s.part, g.part, c.rule) as part,
    coalesce(s.marked, g.grave, h.poverty, false) as marked,
    coalesce(e.event = 'closed', c.state <> 'closed') as before, e.event = 'opened' as opened, e.event = 'reopened' as reopened,
    c.state = 'closed' and e.event is not null as cleared,
    c.state <> 'closed' and s.case_id is null as held, s.case_id is not null as shown, c.weeks, c.state = 'answered' as answered,
    a.name as cleared_as
from cases c
left join week_homes h using (person_id)
left join open_items s using (case_id)
left join rule_groups g on c.kind = 'finding' and g.rule = c.rule
left join closed_as a on a.reason = c.closed_reason and a.whereabouts is not distinct from c.closed_whereabouts
left join (
    select case_id, arg_min(event, position) as event from changes where period = 'week' and event <> 'answered' group by case_id
) e using (case_id)
where c.kind = 'list' or coalesce(h.in_cohort, true)
