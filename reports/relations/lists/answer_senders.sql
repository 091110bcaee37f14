-- Who sent each answer: the county, an office, or the township whose workbook the row is of. That is what the row's code vouches for; of a row
-- without one (a report, two records) or whose code is broken, whatever somebody typed into 乡镇, the township of most rows of its file that are
-- vouched for, or whom the file is named after. What the registers say of the child's home tonight counts last.
-- needs: answers, homes, registry_names
-- parameters: vouched_for, broken_codes
-- gives: answer_id varchar, sender varchar
-- key: answer_id
with townships as (
    select distinct home from homes where home is not null
), answered as (
    select answer_id, kind, about, person_id, township, file, received_on,
        kind in (select unnest($vouched_for)) and coalesce(refusal, '') not in (select unnest($broken_codes)) as vouched
    from answers
), of_files as (
    select file, received_on, mode(township) filter (vouched) as issuer, list(distinct township) filter (vouched) as issuers,
        (select min(home) from townships where contains(file, home)) as named,
        mode(township) filter (township in (select home from townships)) as written
    from answered
    group by file, received_on
)
select a.answer_id, case when a.kind = 'acceptance' then 'county' else coalesce(
        g.keeper, case when a.vouched or list_contains(f.issuers, a.township) then a.township end, f.issuer, f.named, f.written,
        h.home, a.township) end as sender
from answered a
join of_files f on f.file is not distinct from a.file and f.received_on is not distinct from a.received_on
left join registry_names g on a.kind = 'discrepancy' and g.name = a.about
left join homes h using (person_id)
