-- One row: is it the first night, on which every case is new? Then a list of what is new is a list of everything.
-- needs: case_log
-- parameters: as_of
-- gives: first_night boolean
-- key: none
select coalesce(bool_and(event = 'opened' and as_of = $as_of), false) as first_night from case_log
