#!/bin/sh
# Make dist/zhisai-VERSION-PYTHON-MACHINE/ and the same as .tar.gz: code, wheels and an installer for a machine without
# a network, with the Python version and the kind of machine that this one has. Usage: tools/bundle/bundle.sh
set -eu
cd "$(dirname "$0")/../.."

python=.venv/bin/python
version="$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)"
kind="$("$python" -c 'import platform, sys; print(f"{sys.version_info[0]}.{sys.version_info[1]} {platform.machine()}")')"
name="zhisai-$version-py$(echo "$kind" | tr -d . | tr ' ' -)"
folder="dist/$name"

rm -rf "$folder" "$folder.tar.gz"
mkdir -p "$folder/installer"
tar -cf - --exclude=__pycache__ --exclude='*.pyc' --files-from=tools/bundle/parts | tar -xf - -C "$folder"
cp tools/bundle/install.sh tools/bundle/README.md "$folder/"
echo "$kind" > "$folder/installer/made-for"

offline=""
if [ -d wheels ]; then
    offline="--no-index --find-links wheels"
fi
# shellcheck disable=SC2086
"$python" -m pip download --quiet --disable-pip-version-check --no-input $offline --only-binary :all: --require-hashes \
    -r requirements.txt -d "$folder/wheels"
# The installer itself: Python's own copy of pip. A system without ensurepip needs nothing more than its Python.
"$python" - "$folder/installer" <<'PYTHON'
import ensurepip, pathlib, shutil, sys

places = [pathlib.Path(ensurepip.__file__).parent / "_bundled", pathlib.Path("/usr/share/python-wheels")]
shutil.copy(next(wheel for place in places for wheel in sorted(place.glob("pip-*.whl"))), sys.argv[1])
PYTHON

(cd "$folder" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs -d '\n' sha256sum > installer/SHA256SUMS)
tar -C dist --sort=name --owner=0 --group=0 --numeric-owner -czf "$folder.tar.gz" "$name"
echo "$folder.tar.gz（$(du -h "$folder.tar.gz" | cut -f1)），用于 Python ${kind% *}、${kind#* } 的机器。" \
    "拷过去解开，执行 ./install.sh。"
