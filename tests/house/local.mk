# Tests of the tree itself: layers, purity, style, quirks, translations; a test
# of these; and one of contrib/check.
TESTS += tests/house/layers.py tests/house/purity.py tests/house/style.py \
	tests/house/quirks.py tests/house/po.py tests/house/selftest.py \
	tests/house/check.py
EXTRA_DIST += tests/house/layers.py tests/house/purity.py \
	tests/house/style.py tests/house/quirks.py tests/house/selftest.py \
	tests/house/check.py tests/house/po.py tests/house/tap.py

# What make runs and compiles, for style.py to find what it does not.
check_DATA += tests/house/listed
tests/house/listed: Makefile
	@$(MKDIR_P) $(@D)
	@printf '%s\n' $(TESTS) $(E2E_TESTS) $(DIST_SOURCES) >$@.tmp && \
		mv -f $@.tmp $@
CLEANFILES += tests/house/listed
.PHONY: tests/house/listed
