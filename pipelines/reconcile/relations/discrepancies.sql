-- One row per discrepancy that a rule finds: numbered, addressed, with its severity and the sentence of its basis. Relation findings adds
-- the case. A rule or basis without its row in schemas breaks off the step instead of losing the finding.
-- needs: found, persons, rules, basis_words, person_records, registries, difference_kinds
-- gives: finding_id varchar, person_id varchar, rule varchar, severity varchar, field varchar, kind varchar, registry_a varchar,
--     value_a varchar, registry_b varchar, value_b varchar, favoured varchar, basis varchar, why varchar, township varchar, village varchar,
--     record_id_a varchar, record_id_b varchar, address_a varchar, address_b varchar, in_cohort boolean, message varchar
-- key: finding_id
select f.rule || '-' || f.person_id || '-' || row_number() over (
        partition by f.rule, f.person_id order by f.field, a.registry, b.registry, f.value_a, f.value_b, f.record_id_a, f.record_id_b
    ) as finding_id,
    f.person_id, f.rule, coalesce(s.severity, error('no row in schemas.rules for rule ' || f.rule)) as severity, f.field,
    coalesce(k.kind, case when f.rule = 'id_invalid' then a.id_status end) as kind, a.registry as registry_a, f.value_a, b.registry as registry_b, f.value_b, f.favoured, f.basis,
    replace(coalesce(w.words, error('no words in schemas.words for basis ' || coalesce(f.basis, 'null'))), '{}', coalesce(f.basis_detail, '')) as why,
    p.responsible_township as township, p.village, f.record_id_a, f.record_id_b,
    address(ta.title, a.file, a.sheet, a.row) as address_a, address(tb.title, b.file, b.sheet, b.row) as address_b, p.in_cohort, f.message
from found f
left join persons p using (person_id)
left join rules s using (rule)
left join basis_words w on w.code = f.basis
left join person_records a on a.record_id = f.record_id_a
left join registries ta on ta.registry = a.registry
left join person_records b on b.record_id = f.record_id_b
left join registries tb on tb.registry = b.registry
left join difference_kinds k on k.rule = f.rule and k.value_a = f.value_a and k.value_b = f.value_b
