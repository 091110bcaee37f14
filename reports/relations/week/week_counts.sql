-- How many cases of a township, kind, part and mark there were and are. now_open: on tonight's lists; under_a_week to answered: of
-- those, by their age in weeks and the township's answer.
-- needs: week_cases, open_items
-- gives: home varchar, kind varchar, part varchar, marked boolean, before bigint, opened bigint, reopened bigint, cleared bigint, held bigint, under_a_week bigint, under_four bigint, four_and_more bigint, answered bigint, now_open bigint
-- key: none
select home, kind, part, marked, count(*) filter (before) as before, count(*) filter (opened) as opened,
    count(*) filter (reopened) as reopened, count(*) filter (cleared) as cleared, count(*) filter (held) as held,
    count(*) filter (shown and weeks < 1) as under_a_week, count(*) filter (shown and weeks between 1 and 3) as under_four,
    count(*) filter (shown and weeks >= 4) as four_and_more, count(*) filter (shown and answered) as answered, 0::bigint as now_open
from week_cases group by all
union all by name
select home, kind, part, marked, count(*) as now_open from open_items group by all
