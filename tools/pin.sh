#!/bin/sh
# Write requirements.txt and requirements-dev.txt from pyproject.toml: exact versions with checksums, no addresses,
# valid for Python 3.11 to 3.13 on x86-64 and aarch64. Needs uv. Usage: tools/pin.sh [--upgrade]
set -eu
cd "$(dirname "$0")/.."

pin() {
    uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-header \
        --no-emit-index-url --no-emit-find-links "$@" pyproject.toml
}

pin "$@" --output-file requirements.txt
# What the tests run with is what the site runs with.
pin "$@" --group dev --constraint requirements.txt --output-file requirements-dev.txt

for machine in x86_64 aarch64; do
    for version in 3.11 3.12 3.13; do
        uv pip compile --quiet --no-config --python-platform "$machine-manylinux_2_28" --python-version "$version" \
            --only-binary :all: --group dev --constraint requirements-dev.txt --output-file /dev/null pyproject.toml ||
            { echo "no wheel for some package: $machine, Python $version" >&2; exit 1; }
    done
done
