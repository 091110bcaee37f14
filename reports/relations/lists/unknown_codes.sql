-- A code of the published tables that schemas does not know; a list must not lose its rows silently.
-- needs: unaccounted, persons, findings, changes, reasons, follow_ups, whereabouts_names, rule_names, severities, event_names, case_kinds
-- gives: place varchar, code varchar
-- key: place, code
select distinct place, code from (
    select 'unaccounted.reason' as place, reason as code from unaccounted anti join reasons r on r.code = reason
    union all select 'unaccounted.follow_up', follow_up from unaccounted anti join follow_ups f on f.code = follow_up
    union all select 'unaccounted.whereabouts', whereabouts from unaccounted anti join whereabouts_names w on w.code = whereabouts
    union all select 'persons.whereabouts', whereabouts from persons anti join whereabouts_names w on w.code = whereabouts where in_cohort
    union all select 'findings.rule', rule from findings anti join rule_names u on u.code = rule where in_cohort
    union all select 'findings.severity', severity from findings anti join severities s on s.code = severity where in_cohort
    union all select 'changes.event', event from changes anti join event_names v on v.code = event
    union all select 'changes.kind', kind from changes anti join case_kinds k on k.code = kind
)
order by all
