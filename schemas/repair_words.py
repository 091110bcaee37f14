"""What standardising does to values, by rule: the names an office reads beside its own."""

REPAIR_NAME = {
    "blanks": "去掉空格、制表符或不可见字符",
    "width": "全角改半角，字母改大写",
    "wrapper": "去掉引号、等号或撇号",
    "id_x": "身份证号末位改为大写 X",
    "id_form": "从证件号中取出 18 位身份证号（残疾证号、15 位旧号、看错的字母等）",
    "date_form": "日期改为 年-月-日",
    "date_serial": "数字日期换算为 年-月-日",
    "code_form": "代码与名称写在一起，取其代码",
    "place_form": "地名改为区划表中的名称（简称、旧称、同音或形近的错字）",
    "name_form": "姓名去掉括注，缺字记为 □，间隔号统一",
    "phone_form": "电话只留数字",
    "amount_form": "金额去掉单位",
    "form": "改为标准写法",
    "no_value": "“无”“—”等视为未填",
    "unreadable": "无法识别，按未填处理",
    "merged_cell": "合并单元格，填入其首格的值",
    "error_cell": "错误值（#N/A 等），按未填处理",
}
