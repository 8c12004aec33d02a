# 知赛。make run 启动网站，make test 运行全部测试；第一次会自动安装依赖。
# PYTHON names another Python, for example: make run PYTHON=python3.12
.DEFAULT_GOAL := help
.PHONY: help run test lint format bench chaos pin wheels bundle clean

BIN := .venv/bin
export FLASK_APP := app
export PYTHON

help:
	@echo "make run     启动网站 / serve the site (HOST, PORT, DATABASE_URL: docs/settings.md)"
	@echo "make test    全部测试 / all tests, on SQLite and PostgreSQL, with a browser"
	@echo "make lint    代码检查 / ruff, mypy, import contracts"
	@echo "make format  整理格式 / ruff format"
	@echo "make bench   性能测量 / every goal of speed beside its floor, and a table"
	@echo "make chaos   故障演练 / every fault on purpose, hostile files too, and a table of what was lost"
	@echo "make pin     重新锁定依赖 / write the requirements anew (UPGRADE=1 takes newer versions)"
	@echo "make wheels  为无外网的机器下载依赖 / download what an unconnected machine needs"
	@echo "make bundle  无外网机器的安装包 / a folder and .tar.gz that install and run without a network"
	@echo "make clean   删除可重新生成的文件 / remove what can be made again; never instance/"

run:
	@tools/setup.sh run
	@exec $(BIN)/python run.py

# ARGS passes options to pytest: make test ARGS="tests/rules -x".
# The files come in the order of tests/conftest.py, the longest first.
test:
	@tools/setup.sh dev
	@$(BIN)/python -m tools.find_browser
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint:
	@tools/setup.sh dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache

format:
	@tools/setup.sh dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench:
	@tools/setup.sh dev
	@$(BIN)/python -m bench $(ARGS)

# ARGS is for the drills, FUZZ for the files: make chaos ARGS="--percent 10" FUZZ="--files 10000"
chaos:
	@tools/setup.sh dev
	@$(BIN)/python -m bench.chaos $(ARGS)
	@$(BIN)/python -m bench.fuzz $(FUZZ)

pin:
	@tools/pin.sh $(if $(UPGRADE),--upgrade)

wheels:
	@tools/setup.sh run
	$(BIN)/python -m pip download --require-hashes -r requirements.txt -d wheels

bundle:
	@tools/setup.sh run
	@tools/bundle/bundle.sh

clean:
	rm -rf .venv dist .cache .hypothesis .mypy_cache .ruff_cache .pytest_cache screenshots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
