-- One row per listed person: the addresses of its records, in Chinese.
-- needs: person_records, registries, persons, whereabouts_codes
-- gives: person_id varchar, sources varchar
-- key: person_id
select person_id, string_agg(address(t.title, file, sheet, "row"), '；' order by record_id) as sources
from person_records r join registries t on t.registry = r.registry
where person_id in (select person_id from persons join whereabouts_codes w on w.code = whereabouts where w.listed)
group by person_id
