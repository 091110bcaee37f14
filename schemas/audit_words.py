"""The Chinese of the store's audit: its commands, and what their counts count."""

AUDITED_COMMAND_NAME = {
    "run": "比对并发布", "failed": "比对没有完成", "killed": "比对被中断", "retention": "按保留期限清理", "takeover": "接收旧版结果", "backup": "备份",
    "restore": "恢复", "deliver": "送核查表", "explain": "解释", "history": "查个案", "find": "查找", "show": "看乡镇", "link": "比对名单",
    "dedupe": "查重", "check": "检查导出", "tables": "笔记本读数据表", "purge": "清除",
}  # fmt: skip
AUDITED_COUNT_NAME = {
    "person": "人员", "case": "个案", "asked": "所问的词数", "full": "未遮盖", "masked": "遮盖", "township": "乡镇", "night": "哪一晚", "out": "写成文件",
    "chart": "画图", "lists": "名单数", "files": "文件数", "members": "文件数", "bytes": "字节", "sent": "送到", "failed": "没送到",
    "runs": "比对文件夹", "rows": "行数", "outbox": "核查表文件夹", "records": "记录", "left_out": "缺少的", "case_log": "个案记录", "standings": "红黑榜",
    "person_keys": "编号凭据", "person_events": "编号变动", "verdicts": "同一人的判断", "answers": "答复", "before": "此日以前",
}  # fmt: skip
