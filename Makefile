# Thin: each command is a small script under tools/. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run dev build setup test test-openstack contract check audit screens bench dist clean

PORT ?= 8080

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

run: ## A cloud and its console at http://localhost:8080 (PORT=... for another port)
	@tools/run $(PORT)

dev: ## The same, and the console is built anew on every change (quick builds, large files)
	@tools/dev $(PORT)

build: ## The console for release, into dist/
	@tools/setup app
	@tools/build-app

setup: ## Everything that the other commands need, once
	@tools/setup all

test: ## Every test, the end-to-end ones in a real browser too
	@tools/test

test-openstack: ## The journeys on a real OpenStack, brought up on loopback (root, 3 GiB, minutes)
	@tools/test-openstack

contract: ## What a real OpenStack answers, recorded anew into tests/contract/ (root, 3 GiB, minutes)
	@tools/record-contract

check: ## Format, clippy, invariants, dependencies, size of the first page
	@tools/check

audit: ## Dependencies: licences, sources, and known advisories where their database is reached
	@tools/audit

screens: ## Takes the screens in docs/screens/ anew
	@tools/screens

bench: ## First page, list of images and upload speed, measured
	@tools/bench

dist: ## Release files for a web host: dist/ with .br and .gz, and a tarball
	@tools/dist

clean: ## Removes what was built (not the tools in .tools, not the cloud in .devcloud)
	@rm -rf dist target
