-- One row per item on tonight's lists. part: a listed child's whereabouts, or the group of a finding's rule; marked: the child is of a
-- registered-poor family, or the finding is grave.
-- needs: unaccounted, findings, week_homes, rule_groups
-- parameters: nowhere
-- gives: kind varchar, case_id varchar, home varchar, part varchar, marked boolean
-- key: none
select 'list' as kind, u.case_id, coalesce(h.home, u.township, $nowhere) as home, u.whereabouts as part,
    coalesce(u.poverty, h.poverty, false) as marked
from unaccounted u left join week_homes h using (person_id)
union all
select 'finding', f.case_id, coalesce(h.home, f.township, $nowhere), g.part, g.grave
from findings f left join week_homes h using (person_id) join rule_groups g using (rule)
where f.in_cohort
