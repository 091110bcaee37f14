"""How ``bidui serve`` becomes a service of the system: what to copy, with this machine's own paths in it."""

import sys
from pathlib import Path
from string import Template

_SYSTEMD = Template("""\
# Linux（systemd）：存为 /etc/systemd/system/bidui.service，把 User 改成放数据的账号，然后
#   sudo systemctl enable --now bidui
[Unit]
Description=bidui 每晚比对
After=network.target

[Service]
User=bidui
UMask=0077
ExecStart="$python" -m bidui serve --root "$root" --port $port
Restart=on-failure
RestartSec=60
SuccessExitStatus=130
KillMode=mixed
TimeoutStopSec=60
NoNewPrivileges=yes
PrivateTmp=yes

[Install]
WantedBy=multi-user.target
""")
_WINDOWS = Template("""\
# Windows（计划任务）：以管理员身份打开 PowerShell，整段粘贴。开机即运行，停下后每分钟重启
$$action  = New-ScheduledTaskAction -Execute '$python' -Argument '-m bidui serve --root "$root" --port $port'
$$trigger = New-ScheduledTaskTrigger -AtStartup
$$again   = New-ScheduledTaskSettingsSet -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) -ExecutionTimeLimit 0 -StartWhenAvailable
Register-ScheduledTask -TaskName bidui -Action $$action -Trigger $$trigger -Settings $$again `
    -User $$env:USERNAME -RunLevel Limited -Password (Read-Host '登录密码')
# 停止并删除：Unregister-ScheduledTask -TaskName bidui
""")
_CONTAINER = Template("""\
# 容器：仓库里的 Containerfile；数据文件夹挂在 /data
#   podman build -t bidui .
#   podman run -d --name bidui --restart=on-failure -v "$root":/data:Z bidui
# 是否在运行：podman exec bidui bidui serve --root /data --status
""")


def install_hint_shown(root: Path, port: int) -> str:
    """The recipes as text: of this machine's system first."""
    values = {"python": sys.executable, "root": str(root.resolve()), "port": port}
    in_unit = {name: str(value).replace("%", "%%") for name, value in values.items()}  # where % begins a specifier
    systemd, windows, container = _SYSTEMD.substitute(in_unit), _WINDOWS.substitute(values), _CONTAINER.substitute(values)
    recipes = [windows, systemd, container] if sys.platform == "win32" else [systemd, windows, container]
    health = f'# 是否在运行、上次比对怎样（状态 0 正常，1 有问题，2 没有运行）：bidui serve --root "{values["root"]}" --status\n'
    return "\n".join([*recipes, health])
