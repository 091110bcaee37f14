-- How many rows the lists of a township have: what the covers, the weekly report and the terminal say, each counted on the relation that fills
-- the list. visit, call, waiting: of the listed children, how each is followed up, that an answer waits for the county, or that an office is to
-- correct its system (with_office); questions: two
-- persons that may be one; to_accept, to_join: answers for the county to decide on. township: null where nobody knows, or of more than one.
-- needs: child_rows, possible_pairs, finding_rows, acceptance_rows, joining_rows
-- gives: township varchar, listed bigint, visit bigint, call bigint, waiting bigint, with_office bigint, questions bigint, findings bigint, to_accept bigint, to_join bigint
-- key: township
with rows as (
    select township, case when answer_state in ('waiting', 'with_office') then answer_state else follow_up end as part from child_rows
    union all
    select township, 'questions' from possible_pairs
    union all
    select township, 'findings' from finding_rows
    union all
    select township, 'to_accept' from acceptance_rows
    union all
    select township, 'to_join' from joining_rows
)
select township, count(*) filter (part in ('visit', 'call', 'waiting', 'with_office')) as listed, count(*) filter (part = 'visit') as visit,
    count(*) filter (part = 'call') as call, count(*) filter (part = 'waiting') as waiting,
    count(*) filter (part = 'with_office') as with_office, count(*) filter (part = 'questions') as questions,
    count(*) filter (part = 'findings') as findings, count(*) filter (part = 'to_accept') as to_accept, count(*) filter (part = 'to_join') as to_join
from rows group by township order by township nulls last
