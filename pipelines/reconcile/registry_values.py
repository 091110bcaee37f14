"""What the registries say of a person, field by field: the values, who says them, and which of two the evidence favours."""

import duckdb

# Of a person's records in a registry: those in force, or all where none is, for an aid list has a row a payment; and the one
# that counts now.
_STANDING = """
create temp table standing as
select precedence, live or not bool_or(live) over mine as in_force, row_number() over (mine order by past, precedence) = 1 as counts
from (
    select precedence, person_id, registry, coalesce(student_state, 'in_school') = 'in_school' and coalesce(register_state, 'normal') = 'normal'
            and coalesce(certificate_state, 'valid') = 'valid' as live,
        coalesce(student_state <> 'in_school', true)::int * 4 + coalesce(register_state <> 'normal', true)::int * 2
            + coalesce(certificate_state <> 'valid', true)::int as past
    from rec)
window mine as (partition by person_id, registry)
"""
_IN_FORCE = "create temp view in_force as select r.* from rec r semi join (from standing where in_force) s using (precedence)"
_ONE_EACH = "create temp view one_each as select r.* from rec r semi join (from standing where counts) s using (precedence)"

# A number as it was typed, whatever the width of its digits and the signs around it.
WRITTEN = "regexp_replace(translate(id_raw, '０１２３４５６７８９Ｘｘx', '0123456789XXX'), '[^0-9X]', '', 'g')"
WHOLE = f"regexp_full_match({WRITTEN}, '[0-9]{{17}}[0-9X]')"

# A field's values as the columns of the exports have them, not as they were read off an ID. A number that says a
# grown-up's year and whose check digit does not fit is but mistyped.
VALUE_OF_FIELD = {
    "name": "name",
    "id_number": f"coalesce(id_number, case when id_status in ('bad_check', 'bad_date') and {WHOLE} then {WRITTEN} end)",
    "birthdate": "case when birthdate_from = 'column' then birthdate::varchar end",
    "sex": "case when sex_from = 'column' then sex end",
    "township": "case when role in ('household', 'poverty', 'disability') then township end",
}

# Of whom two registries say different things: by value the registry nearest to the legal record, and how many say the same;
# then the legal record's value, or the nearest to it, against every other.
_DIFFERS = """
create temp table differ_{field} as
with given as (
    select person_id, record_id, precedence, registry, role, {value} as value from in_force where {value} is not null
), apart as (
    select person_id from given group by person_id having min(value) <> max(value) and min(registry) <> max(registry)
), said as (
    select person_id, value, arg_min(record_id, precedence) as record_id, min(precedence) as precedence,
        arg_min(registry, precedence) as registry, arg_min(role, precedence) as role, count(distinct registry) as votes,
        string_agg(distinct t.name, '、' order by t.name) as systems
    from given semi join apart using (person_id) join titles t on t.code = registry group by person_id, value
), ranked as (
    select *, row_number() over (partition by person_id order by precedence) as place from said
)
select a.person_id, a.record_id as record_id_a, a.value as value_a, a.votes as votes_a, a.role as role_a, a.systems as systems_a,
    b.record_id as record_id_b, b.value as value_b, b.votes as votes_b, b.systems as systems_b
from ranked a join ranked b on a.person_id = b.person_id and a.place = 1 and b.place > 1
    and (b.votes > 1 or b.registry <> a.registry)
"""

# Children and grown-ups of one household, by the registers that know households.
_HOUSEHOLDS = """
create temp table homes_of as
select distinct person_id, registry, role, household from rec where household is not null and role in ('household', 'poverty')
"""

# The number by which a person is to be known: a whole one with a check digit that fits, the legal record's first.
_VALID_ID = """
create temp table valid_id as
select person_id, arg_min(id_number, precedence) as number, arg_min(record_id, precedence) as record_id,
    arg_min(registry, precedence) as registry
from rec where id_number is not null and id_status in ('valid', 'certificate', 'fifteen') group by person_id
"""

# Numbers typed in a relative's place: a grown-up's of the household, or a brother's or sister's.
_OF_RELATIVE = """
create temp table of_relative as
select r.record_id, r.person_id, coalesce(r.id_raw, r.id_number) as number, '家长' as whose
from rec r where r.id_status = 'borrowed'
union all
select r.record_id, r.person_id, r.id_number, '同户的' || min(coalesce(o.name, '他人'))
from rec r
join rec o on o.id_number = r.id_number and o.person_id <> r.person_id and o.id_status = 'valid' and o.role in ('household', 'poverty')
join (select person_id, person_id as same_id from persons union all select person_id, other_id from likely_one) s on s.person_id = r.person_id
join homes_of h on h.person_id = s.same_id
join homes_of g on g.person_id = o.person_id and g.registry = h.registry and g.household = h.household
where r.id_number is not null and o.person_id <> s.same_id and not exists (
    select 1 from rec m where m.person_id = r.person_id and m.id_number = r.id_number and m.role = 'household')
group by all
"""

# Persons who are more likely one than two, which nobody confirmed. What they contradict one another in is for whoever looks at
# 疑似同一人, and of neither is said to be absent what the other has.
_LIKELY_ONE = """
create temp table likely_one as
select distinct l.person_id, r.person_id as other_id
from (select record_id_l as mine, record_id_r as other from links where decision = 'possible' and probability >= 0.5
    union all select record_id_r, record_id_l from links where decision = 'possible' and probability >= 0.5) s
join rec l on l.record_id = s.mine join rec r on r.record_id = s.other
where l.person_id <> r.person_id
"""
_PERHAPS = """
create temp table perhaps as
select distinct k.person_id, o.role from likely_one k join rec o on o.person_id = k.other_id
"""

# Certificates of disability that hold.
_CERTIFIED = """
create temp table certified as
select * from one_each where role = 'disability' and certificate_state = 'valid'
"""

# The lists of payments. for_all: aid that is given to all pupils, whoever they are; item and term however they are written (the
# allowances for boarders and for others are one, for nobody is due both; a term by its first day).
_YEAR = "try_cast(regexp_extract(aid_term, '20[0-9][0-9]') as int)"
_PAYMENTS = f"""
create temp table payments as
select record_id, person_id, registry, file, aid_item, aid_term, poverty,
    coalesce(aid_paid, 'yes') = 'yes' and coalesce(aid_amount, 1) > 0 as paid,
    regexp_matches(aid_item, '营养|免费|教科书|免学杂费') as for_all,
    case when contains(aid_item, '寄宿') then '生活补助' else regexp_replace(aid_item, '义务教育|家庭经济困难|学生|[（）() ]', '', 'g') end as item,
    case when regexp_matches(aid_term, '学年.*(一|上|1)') or contains(aid_term, '秋') then make_date({_YEAR}, 9, 1)
        when regexp_matches(aid_term, '学年.*(二|下|2)') then make_date({_YEAR} + 1, 2, 1)
        when contains(aid_term, '春') then make_date({_YEAR}, 2, 1) end as term
from rec where role = 'aid' and aid_item is not null
"""

# Pupils of registered-poor households are due the living allowance; other pupils may be, on application. Without a list of
# who was paid nobody can say who was not.
_AID_DUE = """
create temp table aid_due as
select person_id from persons
where whereabouts_rule in ('student_record_open', 'taught_at_home') and poverty
    and person_id not in (select person_id from perhaps where role = 'aid')
    and exists (select 1 from payments where not for_all)
"""


def prepare_values(con: duckdb.DuckDBPyConnection) -> None:
    """``one_each``, ``in_force``, ``differ_FIELD``, ``homes_of``, ``valid_id``, ``likely_one``, ``perhaps``, ``of_relative``, ``certified``, ``payments`` and
    ``aid_due`` from ``rec``, ``persons``, ``links`` and ``titles``."""
    for statement in (
        _STANDING,
        _IN_FORCE,
        _ONE_EACH,
        _HOUSEHOLDS,
        _VALID_ID,
        _LIKELY_ONE,
        _PERHAPS,
        _OF_RELATIVE,
        _CERTIFIED,
        _PAYMENTS,
        _AID_DUE,
    ):
        con.execute(statement)
    for field, value in VALUE_OF_FIELD.items():
        con.execute(_DIFFERS.format(field=field, value=value))
