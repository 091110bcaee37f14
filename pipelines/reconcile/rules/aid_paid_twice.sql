-- One item of aid was paid to a person twice or more for one term.
-- needs: payments
-- gives: person_id varchar, field varchar, record_id_a varchar, value_a varchar, record_id_b varchar, value_b varchar, favoured varchar,
--     basis varchar, basis_detail varchar, message varchar
-- key: record_id_a
select person_id, '资助' as field, min(record_id) as record_id_a, arg_min(aid_item, record_id) as value_a,
    max(record_id) as record_id_b, arg_max(aid_item, record_id) as value_b, null::varchar as favoured, 'check_payment_lists' as basis,
    null::varchar as basis_detail,
    coalesce(min(aid_term), '同一名册') || if(count(distinct aid_item) = 1, '同一项目发放 ', '同类项目发放 ') || count(*) || ' 次' as message
from payments where paid
group by person_id, item, coalesce(term::varchar, aid_term, file) having count(*) > 1
