"""What a night may have to do without, and which end a run in Prefect can have: codes with their Chinese.

Nothing here names a file or a person: these words go into logs, Prefect's pages and notifications.
"""

# Kind of a gap -> what is said of it; {} is the system it is about, where it is about one.
GAP_KINDS = {
    "registry_missing": "{}没有可用的导出",
    "data_overdue": "{}的数据已超过期限",
    "earlier_data": "{}沿用上次的数据",
    "newer_undecided": "有两份导出不知哪份较新",
    "file_refused": "{}有导出文件未能采用",
    "returns_unread": "有退回的核查表未能读取",
    "side_file_unread": "县里自己填的表（入学人数、包保责任人）未能读取",
    "history_closed": "今晚的变化记不进个案历史",
    "results_mended": "上次的结果或数据库曾损坏，已重新做出",
    "books_not_placed": "新的核查表还没有放到 outbox",
}
# The gaps that make a run a failed one in Prefect although it published.
OVERDUE = "data_overdue"

# The names of the states that a run in Prefect ends in.
PUBLISHED, WITH_GAPS, LIST_JUMPED, DATA_TOO_OLD = "已发布", "有缺口", "名单大变", "数据过期"  # the results are there
NOT_PUBLISHED, PROGRAM_FAULT = "未发布", "程序出错"
TIMED_OUT = "超时"  # it was stopped, however far it had come
CANCELLED = "已取消"  # by somebody, on Prefect's page
DELIVERED, NOTHING_DELIVERED, NOT_ALL_DELIVERED = "已送出", "没有可送", "未送全"
COLLECTED = "已收"  # returned files, hourly
MISSED = "已错过"  # a later slot was due, too: that one was run
INTERRUPTED = "被中断"  # the machine, the server or the run itself was stopped; the night is run again once
