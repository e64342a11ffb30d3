# pgdeck: one Makefile, not recursive. `make help` lists the targets.
#   V=1        show the commands
#   SAN=1      AddressSanitizer and UBSan (what `make sanitize` uses), in a build folder of its own
#   WERROR=1   warnings are errors (as in CI)

SHELL   := /bin/bash
CC      ?= cc
prefix  ?= /usr/local
bindir  ?= $(prefix)/bin
mandir  ?= $(prefix)/share/man
VERSION := 0.1.0

BUILD   := build$(if $(SAN),/sanitize)
Q       := $(if $(V),,@)
say      = $(if $(V),,@printf '  %-8s %s\n' $(1) $(2);)

# Asked when first needed, so that `make deps` works where nothing is installed.
PACKAGES   := libpq ncursesw panelw readline yaml-0.1 jansson libcrypto talloc
lazy        = $(eval $(1) := $$(shell $(2)))$($(1))
PKG_CFLAGS  = $(call lazy,PKG_CFLAGS,pkg-config --cflags $(PACKAGES))
PKG_LIBS    = $(call lazy,PKG_LIBS,pkg-config --libs $(PACKAGES))
PARSER_LIBS = -lpg_query
VTERM_LIBS  = $(call lazy,VTERM_LIBS,pkg-config --libs cmocka vterm)
TEST_LIBS   = $(VTERM_LIBS) $(PARSER_LIBS) -lutil

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wformat=2 -Wcast-qual -Wwrite-strings -Wvla \
            -Wstrict-prototypes -Wmissing-prototypes -Wswitch-enum -Wundef -fno-common $(if $(WERROR),-Werror)
comma    := ,
SANITIZE := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
OPTIMISE := $(if $(SAN),-O1,-O2)
CFLAGS   ?= -g
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -DPGDECK_VERSION='"$(VERSION)"' -I. -I$(BUILD)/generated -fvisibility=hidden -pthread \
             -fstack-protector-strong $(if $(SAN),,-D_FORTIFY_SOURCE=2) $(OPTIMISE) $(WARNINGS) $(SANITIZE) $(PKG_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = -pthread $(SANITIZE) $(LDFLAGS)

LAYERS  := store migrate tui
sources  = $(wildcard $(1)/*.c $(1)/*/*.c)
objects  = $(patsubst %,$(BUILD)/%.o,$(basename $(1)))
queries  = $(patsubst %,$(BUILD)/generated/%.sql.c,$(basename $(filter-out store/models/%,$(wildcard $(1)/*.sql $(1)/*/*.sql))))
layer    = $(call objects,$(call sources,$(1))) $(patsubst %.c,%.o,$(call queries,$(1)))

STORE_OBJECTS   := $(call layer,store)
MIGRATE_OBJECTS := $(call layer,migrate)
TUI_OBJECTS     := $(filter-out $(BUILD)/tui/main.o,$(call layer,tui))
ARCHIVES        := $(BUILD)/libtui.a $(BUILD)/libmigrate.a $(BUILD)/libstore.a

TEST_SUPPORT := $(call objects,$(call sources,tests/lib))
TESTS        := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*.c tests/db/*.c tests/console/*.c))

.SECONDARY:
.DELETE_ON_ERROR:
all: $(BUILD)/pgdeck

$(BUILD)/libstore.a: $(STORE_OBJECTS)
$(BUILD)/libmigrate.a: $(MIGRATE_OBJECTS)
$(BUILD)/libtui.a: $(TUI_OBJECTS)
$(BUILD)/lib%.a:
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/pgdeck: $(BUILD)/tui/main.o $(ARCHIVES)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) $(PARSER_LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# x.sql becomes the constant sql_x, so that the text runs in psql as it stands and is never retyped in C.
$(BUILD)/generated/%.sql.c: %.sql
	@mkdir -p $(@D)
	$(call say,SQL,$<)awk -v name="sql_$(subst -,_,$(notdir $*))" \
	  'BEGIN { printf "extern const char %s[];\nconst char %s[] =\n", name, name } \
	   { gsub(/\\/, "&&"); gsub(/"/, "\\\""); printf "\"%s\\n\"\n", $$0 } END { print ";" }' $< > $@
$(BUILD)/generated/%.o: $(BUILD)/generated/%.c
	$(call say,CC,$<)$(CC) -std=c17 $(SANITIZE) -c -o $@ $<

$(BUILD)/tests/soak/faults: $(call objects,$(call sources,tests/soak/fault))
$(BUILD)/tests/%: $(BUILD)/tests/%.o $(TEST_SUPPORT) $(ARCHIVES)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(ARCHIVES) $(PKG_LIBS) $(TEST_LIBS)

.PHONY: tests
tests: $(TESTS)

$(BUILD)/man/pgdeck.1: man/pgdeck.1 $(BUILD)/pgdeck
	@mkdir -p $(@D)
	$(call say,MAN,$@)$(BUILD)/pgdeck --generate manual < $< > $@

# --- The two commands of the README, and what stands behind them ---------------------------------------------------

.PHONY: all help run test deps sanitize lint bench soak install uninstall format clean
all: $(BUILD)/man/pgdeck.1

help:
	@printf '%s\n' 'run       install what is missing, build, prepare the demo database, open pgdeck on it' \
	  'test      the same without opening, and all suites' 'all       build (the default)' \
	  'deps      install what is missing and do nothing else' 'sanitize  all suites under ASan and UBSan' \
	  'lint      layers, headers, manual' 'bench     figures beside psql, as ratios' \
	  'soak      the kill, split, schema, fault and fuzz tests for long (SPLIT_CORPUS=DIR or SCHEMA_CORPUS=DIR,' \
	  '          KILLS=N, PAIRS=N, FAULTS=N SEED=N, FUZZ_SECONDS=N)' \
	  'setup     install the pre-commit hook; check, migrate: see docs/workflows' \
	  'install   to DESTDIR and prefix; uninstall takes it away' 'clean     delete build/'

deps:
	@.ci/packages test

# The version below which two migrations stay pending: the demo has something to do.
DEMO_VERSION = $(shell ls migrations | sed -n 's/^\([0-9]*\)_.*\.sql$$/\1/p' | sort -n | tail -3 | head -1)

run:
	@.ci/packages run
	@$(MAKE) --no-print-directory $(JOBS) all
	@$(BUILD)/pgdeck -C . -d embedded -q apply --to $(DEMO_VERSION) --yes || true
	@if [ -t 0 ] && [ -t 1 ]; then $(BUILD)/pgdeck -C . -d embedded; else $(BUILD)/pgdeck -C . -d embedded status; fi

test:
	@.ci/packages test
	@$(MAKE) --no-print-directory $(JOBS) suites

JOBS   := $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))
SUITES = $(TESTS) tests/reference_check.sh tests/workflows_check.sh $(BUILD)/lint
.PHONY: suites
suites: all tests
	@printf '#!/bin/sh\nBUILD=%s exec .ci/lint\n' '$(BUILD)' > $(BUILD)/lint && chmod +x $(BUILD)/lint
	@LOGS=$(BUILD)/logs PGDECK=$(abspath $(BUILD)/pgdeck) $(TEST_ENVIRONMENT) .ci/suites $(SUITES)

sanitize:
	@.ci/packages test
	@$(MAKE) --no-print-directory $(JOBS) SAN=1 suites TEST_ENVIRONMENT='\
	  ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 UBSAN_OPTIONS=print_stacktrace=1 PGDECK_SANITIZED=1'

lint: all
	@BUILD=$(BUILD) .ci/lint

bench: all
	@PGDECK=$(abspath $(BUILD)/pgdeck) tests/bench.sh

KILLS        ?= 2000
PAIRS        ?= 5000
FAULTS       ?= 1000
FUZZ_SECONDS ?= 60
# SCHEMA_CORPUS: folders of real schemas, a file for each version.
soak: all tests $(BUILD)/tests/soak/split_corpus $(BUILD)/tests/soak/schema_pairs $(BUILD)/tests/soak/faults
	@if [ -n '$(SPLIT_CORPUS)' ]; then $(BUILD)/tests/soak/split_corpus '$(SPLIT_CORPUS)'; \
	elif [ -n '$(SCHEMA_CORPUS)' ]; then $(BUILD)/tests/soak/schema_pairs '$(SCHEMA_CORPUS)'; else \
	  export SUITE_TIMEOUT=86400 LOGS=$(BUILD)/logs PGDECK=$(abspath $(BUILD)/pgdeck); \
	  PGDECK_SOAK=$(KILLS) .ci/suites $(filter %/test_kill %/test_cut %/test_runners %/test_resume,$(TESTS)) && \
	  PGDECK_SOAK=$(PAIRS) .ci/suites $(filter %/test_random_pairs %/test_cases,$(TESTS)) && \
	  $(BUILD)/tests/soak/faults '$(FAULTS)' '$(SEED)'; fi
	@if [ -z '$(SPLIT_CORPUS)$(SCHEMA_CORPUS)' ] && command -v clang >/dev/null; then $(MAKE) --no-print-directory fuzz; fi

# libFuzzer on the splitter; needs clang and its runtime.
.PHONY: fuzz
FUZZ_SOURCES = tests/fuzz/fuzz_statement.c tests/lib/statement_check.c $(wildcard migrate/statement*.c migrate/lexer.c) store/error.c store/digest.c store/text.c
fuzz:
	@mkdir -p $(BUILD)/fuzz/corpus
	$(call say,FUZZ,statement)clang -g -O1 -std=c17 -D_GNU_SOURCE -I. $(PKG_CFLAGS) -fsanitize=fuzzer,address,undefined \
	  -o $(BUILD)/fuzz/statement $(FUZZ_SOURCES) $(PKG_LIBS)
	$(Q)$(BUILD)/fuzz/statement -max_total_time=$(FUZZ_SECONDS) -max_len=4096 $(BUILD)/fuzz/corpus tests/unit/cases

# setup, check, migrate: on ourselves, with the program as it was built.
PGDECK ?= $(BUILD)/pgdeck
setup check migrate: all
include docs/workflows/schema.mk

install: all
	install -d '$(DESTDIR)$(bindir)' '$(DESTDIR)$(mandir)/man1' '$(DESTDIR)$(prefix)/share/bash-completion/completions'
	install -m 755 $(BUILD)/pgdeck '$(DESTDIR)$(bindir)/pgdeck'
	install -m 644 $(BUILD)/man/pgdeck.1 '$(DESTDIR)$(mandir)/man1/pgdeck.1'
	$(BUILD)/pgdeck completion bash > '$(DESTDIR)$(prefix)/share/bash-completion/completions/pgdeck'

uninstall:
	rm -f '$(DESTDIR)$(bindir)/pgdeck' '$(DESTDIR)$(mandir)/man1/pgdeck.1' \
	  '$(DESTDIR)$(prefix)/share/bash-completion/completions/pgdeck'

format:
	clang-format -i $(wildcard $(addsuffix /*.[ch],$(LAYERS)) $(addsuffix /*/*.[ch],$(LAYERS)) tests/*/*.[ch])

clean:
	rm -rf build

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
