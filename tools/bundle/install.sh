#!/bin/sh
# 在没有外网的机器上安装：核对每个文件，用随包的依赖建立 .venv。可以重复执行，不动数据。
# Install without a network: check every file, make .venv from the wheels that came along. Touches no data.
set -eu
cd -P "$(dirname "$0")"

say() { printf '%s\n' "$@" >&2; }

read -r version machine < installer/made-for
if [ "$(uname -m)" != "$machine" ]; then
    say "这个安装包用于 $machine 的机器，本机是 $(uname -m)。请在同型的、能联网的机器上执行 make bundle，另做一个。"
    exit 1
fi

python=""
for name in ${PYTHON:-} "python$version" python3; do
    if [ "$("$name" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$version" ]; then
        python="$name"
        break
    fi
done
if [ -z "$python" ]; then
    say "这个安装包用于 Python $version，本机没有找到。装在别处请写明：PYTHON=/路径/python$version ./install.sh" \
        "本机的 Python 是别的版本时，请在装有同一版本、能联网的机器上执行 make bundle，另做一个。"
    exit 1
fi

if ! sha256sum --quiet -c installer/SHA256SUMS >&2; then
    say "上面列出的文件与打包时不同，可能是拷贝时损坏了。请重新拷贝一次。"
    exit 1
fi

say "正在安装，大约一分钟 ……"
"$python" -m venv --clear --without-pip .venv
pip="$(echo installer/pip-*.whl)"
if ! env -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u PIP_FIND_LINKS PIP_CONFIG_FILE=/dev/null PYTHONPATH="$pip" \
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
    --no-index --find-links wheels --require-hashes -r requirements.txt; then
    say "安装没有成功，上面的几行写明了原因。系统太旧时也会这样：需要 glibc 2.28 以上，" \
        "本机是 $(getconf GNU_LIBC_VERSION 2>/dev/null || echo 未知)。"
    exit 1
fi
.venv/bin/python -m compileall -q app config.py run.py

say "装好了。" \
    "试运行：    $(pwd)/.venv/bin/python run.py" \
    "检查：      deploy/zhisai doctor" \
    "正式运行：  docs/operation.md（systemd、反向代理、定时备份）"
