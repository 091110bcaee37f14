-- What several relations ask of one value. Loaded into the connection before the relations are built.

-- Where a record stands: its registry's Chinese name, file, sheet and row as Excel shows it.
create temp macro address(title, file, sheet, "row") as
    title || '《' || file || '》' || coalesce(nullif(sheet, '') || ' ', '') || '第' || "row" || '行';

-- Characters 7 to 14 of an ID number are the birthdate, character 17 is odd for males (GB 11643).
create temp macro birthdate_in_id(id) as try_strptime(substr(id, 7, 8), '%Y%m%d')::date;
create temp macro sex_in_id(id) as case try_cast(id[17] as int) % 2 when 1 then '男' when 0 then '女' end;

-- An ID number as it was typed, whatever the width of its digits and the signs around it.
create temp macro typed_id(id_raw) as
    regexp_replace(translate(id_raw, '０１２３４５６７８９Ｘｘx', '0123456789XXX'), '[^0-9X]', '', 'g');

-- Level of disability 1 to 4 in Chinese, type and level together, and both as characters 19 and 20 of a certificate's number have them.
create temp macro level_words(level) as ['一', '二', '三', '四'][try_cast(level as int)] || '级';
create temp macro disability_words(type, level) as concat(type, coalesce(level_words(level), ''));
create temp macro disability_in_number(number) as
    ['视力', '听力', '言语', '肢体', '智力', '精神', '多重'][try_cast(number[19] as int)] || level_words(number[20]);

-- Levels of hardship by which an aid system says that a family is not in hardship.
create temp macro not_in_hardship(hardship) as hardship in ('不困难', '非困难', '不认定', '无');

-- The three systems whose agreement the plan asks for (part 3 (四) 2 (1) ⑤).
create temp macro of_three_systems(registry) as registry in ('xueji', 'guofu', 'canlian');
