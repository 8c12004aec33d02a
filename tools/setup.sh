#!/bin/sh
# Make .venv hold exactly what requirements.txt (run) or requirements-dev.txt (dev) pins.
# Usage: tools/setup.sh run|dev. Costs one checksum when nothing changed.
set -eu
cd "$(dirname "$0")/.."

case "${1:-run}" in
    run) wanted=requirements.txt ;;
    dev) wanted=requirements-dev.txt ;;
    *) echo "tools/setup.sh run|dev" >&2; exit 2 ;;
esac
stamp=".venv/.installed-${1:-run}"
# The folder belongs to the stamp: the scripts in .venv name it, so a moved .venv is made anew.
state="$(pwd) $(cksum < "$wanted")"
if [ -x .venv/bin/python ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$state" ]; then
    exit 0
fi

say() { printf '%s\n' "$@" >&2; }

find_python() {
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    say "需要 Python 3.11 或更新的版本，本机没有找到。Debian 和 Ubuntu 请以 root 执行：apt install python3 python3-venv" \
        "如果装在别处，请写明：make run PYTHON=/路径/python3.11" \
        "Python 3.11 or newer is needed and was not found. On Debian and Ubuntu, as root: apt install python3 python3-venv"
    exit 1
}

make_environment() {
    # --clear empties the folder that a link leads to, and that is somebody else's
    if [ -L .venv ]; then
        say ".venv 是一个链接，指向别处的文件夹；在这里装依赖会清空那个文件夹，所以没有动。请先删去链接（rm .venv），再执行一次刚才的命令。" \
            ".venv is a link: installing here would empty the folder it leads to. Remove the link (rm .venv), then repeat the command."
        exit 1
    fi
    python="$(find_python)"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        say "本机的 Python 缺少 venv。Debian 和 Ubuntu 请以 root 执行：apt install python3-venv，然后再执行一次刚才的命令。" \
            "This Python lacks venv. On Debian and Ubuntu, as root: apt install python3-venv, then repeat the command."
        exit 1
    fi
    "$python" -m venv --clear .venv
    pwd > .venv/.made-in
}

if ! [ -x .venv/bin/python ] || ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    make_environment
elif [ -f .venv/.made-in ] && [ "$(cat .venv/.made-in)" != "$(pwd)" ]; then
    make_environment
fi
# A server that runs from this folder may be importing right now: the stamp is the last thing written.
rm -f .venv/.installed-*

install_with_pip() {
    say "正在安装依赖，大约一两分钟 …… / installing, a minute or two ..."
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        .venv/bin/python -m ensurepip >/dev/null
    fi
    # shellcheck disable=SC2086
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input $offline --require-hashes -r "$wanted"
}

install_with_uv() {
    uv --version >/dev/null 2>&1 || return 1
    # shellcheck disable=SC2086
    uv pip install --quiet --compile-bytecode --python .venv/bin/python $offline --require-hashes -r "$wanted"
}

# A folder wheels/ (made by `make wheels` on a connected machine) serves a machine without a network.
offline=""
if [ -d wheels ]; then
    offline="--no-index --find-links wheels"
fi
if ! install_with_uv && ! install_with_pip; then
    say "安装依赖没有成功，上面的几行写明了原因。没有外网的机器请先在能联网的同型机器上执行 make wheels，" \
        "再把 wheels 文件夹拷到这里。" \
        "Installing failed; the lines above say why. Without a network: run make wheels on a connected machine of the" \
        "same kind and copy the folder wheels here."
    exit 1
fi
echo "$state" > "$stamp"
if [ "$wanted" = requirements-dev.txt ]; then
    echo "$(pwd) $(cksum < requirements.txt)" > .venv/.installed-run  # the larger set holds the smaller one
fi
