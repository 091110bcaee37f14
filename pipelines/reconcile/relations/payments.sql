-- One row per row of an aid list that names an item of aid. for_all: aid that all pupils are given. item and term: however they are written
-- (the allowances for boarders and for others are one item, for nobody is due both; a term is its first day).
-- needs: person_records
-- gives: record_id varchar, person_id varchar, file varchar, aid_item varchar, aid_term varchar, poverty varchar,
--     paid boolean, for_all boolean, item varchar, term date
-- key: record_id
select record_id, person_id, file, aid_item, aid_term, poverty,
    coalesce(aid_paid, 'yes') = 'yes' and coalesce(aid_amount, 1) > 0 as paid,
    regexp_matches(aid_item, '营养|免费|教科书|免学杂费') as for_all,
    case when contains(aid_item, '寄宿') then '生活补助' else regexp_replace(aid_item, '义务教育|家庭经济困难|学生|[（）() ]', '', 'g') end as item,
    case when regexp_matches(aid_term, '学年.*(一|上|1)') or contains(aid_term, '秋') then make_date(year, 9, 1)
        when regexp_matches(aid_term, '学年.*(二|下|2)') then make_date(year + 1, 2, 1)
        when contains(aid_term, '春') then make_date(year, 2, 1) end as term
from (select *, try_cast(regexp_extract(aid_term, '20[0-9][0-9]') as int) as year from person_records
    where role = 'aid' and aid_item is not null)
