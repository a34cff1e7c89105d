# Shorter names for dev.py, for those who have make. Nothing needs them.
.PHONY: run test test-all bench check
run test bench check:
	python3 dev.py $@
test-all:
	python3 dev.py test --all
