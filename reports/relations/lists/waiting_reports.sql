-- A listed child of whom its township has reported that it is back at school (已返校), which the county has yet to accept. A report has no number:
-- its child is the only listed one of that name with that ID or birthdate.
-- needs: answers, unaccounted
-- gives: answer_id varchar, person_id varchar, words varchar
-- key: person_id
with alike as (
    select a.answer_id, u.person_id, a.answered_on, concat_ws('，', a.value || coalesce('（' || nullif(a.detail, '') || '）', ''), a.answered_on::varchar) as words,
        count(*) over (partition by a.answer_id) as children
    from answers a
    join unaccounted u on u.name = replace(a.name, ' ', '')
        and (upper(trim(a.id_number)) = u.id_number or try_cast(a.birthdate as date) = u.birthdate)
    where a.kind = 'report' and a.state = 'waiting' and a.value = '已返校'
)
select answer_id, person_id, words from alike where children = 1
qualify row_number() over (partition by person_id order by answered_on desc, answer_id desc) = 1
