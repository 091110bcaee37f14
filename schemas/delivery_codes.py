"""What becomes of a workbook that is sent out: the codes of the store's table ``deliveries``, and their Chinese, once."""

HOW_NAME = {"folder": "文件夹", "mail": "邮件"}
OUTCOME_NAME = {"sent": "已送出", "failed": "没有送到"}

# ``deliveries.reason``: why a workbook was not delivered, and what to do. The recipient is named before it.
REASON_NAME = {
    "folder_missing": "文件夹不存在或连不上，请核对 county.toml 的 folder，共享文件夹请先连接",
    "folder_refused": "文件夹没有写入的权限，请核对权限",
    "folder_full": "文件夹所在的磁盘已满，请清理",
    "folder_of_data": "文件夹在 bidui 的数据文件夹里，请换一个",
    "folder_failed": "写文件夹时出错（网络断开或磁盘出错），请检查",
    "no_server": "连不上发信服务器，或连接中断，请检查网络和 [mail] 的 host、port、tls",
    "no_tls": "和发信服务器的加密连接没有建立（不支持 tls 的这种写法，或证书不可信），请核对 [mail] 的 tls、port",
    "login_refused": "发信服务器不认账号或密码，请核对 [mail] 的 user、password",
    "sender_refused": "发信服务器不收这个发件人的邮件，请核对 [mail] 的 sender",
    "recipient_refused": "发信服务器不认收件地址，请核对 mail",
    "mail_later": "发信服务器说现在不收，请过一会儿再运行 bidui deliver",
    "mail_refused": "发信服务器拒收这封邮件（附件太大，或被当作垃圾邮件），请换用文件夹，或问管理邮箱的人",
    "workbook_unreadable": "核查表读不出或不完整，没有送；请运行 bidui run 重新生成",
    "not_encrypted": "核查表没有加密成功，没有送，请把这句话告诉技术人员",
}
