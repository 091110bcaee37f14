-- How many rows the lists of a township have: what the covers, the weekly report and the terminal say, each counted on the relation that fills
-- the list. visit, call, waiting: of the listed children, how each is followed up, or that an answer waits for the county; questions: two
-- persons that may be one; to_accept, to_join: answers for the county to decide on. township: null where nobody knows, or of more than one.
-- needs: child_rows, possible_pairs, finding_rows, acceptance_rows, joining_rows
-- gives: township varchar, listed bigint, visit bigint, call bigint, waiting bigint, questions bigint, findings bigint, to_accept bigint, to_join bigint
-- key: township
with rows as (
    select township, case when answer_state = 'waiting' then 'waiting' else follow_up end as part from child_rows
    union all
    select township, 'questions' from possible_pairs
    union all
    select township, 'findings' from finding_rows
    union all
    select township, 'to_accept' from acceptance_rows
    union all
    select township, 'to_join' from joining_rows
)
select township, count(*) filter (part in ('visit', 'call', 'waiting')) as listed, count(*) filter (part = 'visit') as visit,
    count(*) filter (part = 'call') as call, count(*) filter (part = 'waiting') as waiting, count(*) filter (part = 'questions') as questions,
    count(*) filter (part = 'findings') as findings, count(*) filter (part = 'to_accept') as to_accept, count(*) filter (part = 'to_join') as to_join
from rows group by township order by township nulls last
