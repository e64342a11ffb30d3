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
TEST_LIBS   = $(call lazy,TEST_LIBS,pkg-config --libs cmocka vterm) -lpg_query -lutil

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wformat=2 -Wcast-qual -Wwrite-strings -Wvla \
            -Wstrict-prototypes -Wmissing-prototypes -Wswitch-enum -Wundef -fno-common $(if $(WERROR),-Werror)
SANITIZE := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
comma    := ,
OPTIMISE := $(if $(SAN),-O1,-O2)
CFLAGS   ?= -g
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -DPGDECK_VERSION='"$(VERSION)"' -I. -I$(BUILD)/generated -fvisibility=hidden -pthread \
             -fstack-protector-strong $(if $(SAN),,-D_FORTIFY_SOURCE=2) $(OPTIMISE) $(WARNINGS) $(SANITIZE) $(PKG_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = -pthread $(SANITIZE) $(LDFLAGS)

LAYERS  := store migrate tui
sources  = $(wildcard $(1)/*.c $(1)/*/*.c)
objects  = $(patsubst %,$(BUILD)/%.o,$(basename $(1)))
queries  = $(patsubst %,$(BUILD)/generated/%.sql.c,$(basename $(wildcard $(1)/*.sql $(1)/*/*.sql)))
layer    = $(call objects,$(call sources,$(1))) $(patsubst %.c,%.o,$(call queries,$(1)))

STORE_OBJECTS   := $(call layer,store)
MIGRATE_OBJECTS := $(call layer,migrate)
TUI_OBJECTS     := $(filter-out $(BUILD)/tui/main.o,$(call layer,tui))
ARCHIVES        := $(BUILD)/libtui.a $(BUILD)/libmigrate.a $(BUILD)/libstore.a

TEST_SUPPORT := $(call objects,$(call sources,tests/lib))
TESTS        := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*.c tests/db/*.c tests/console/*.c))

.PHONY: all
.SECONDARY:
.DELETE_ON_ERROR:
all: $(BUILD)/pgdeck

$(BUILD)/libstore.a: $(STORE_OBJECTS)
$(BUILD)/libmigrate.a: $(MIGRATE_OBJECTS)
$(BUILD)/libtui.a: $(TUI_OBJECTS)
$(BUILD)/lib%.a:
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/pgdeck: $(BUILD)/tui/main.o $(ARCHIVES)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

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

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(TEST_SUPPORT) $(ARCHIVES)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $< $(TEST_SUPPORT) $(ARCHIVES) $(PKG_LIBS) $(TEST_LIBS)

.PHONY: tests
tests: $(TESTS)

.PHONY: clean
clean:
	rm -rf build

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
