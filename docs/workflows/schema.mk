# Make targets for a project with pgdeck: `include docs/workflows/schema.mk` in its Makefile.
#   make setup     installs the pre-commit hook beside this file
#   make check     asks the house rules            CHECK='--since origin/main'
#   make migrate   ping, plan, apply, ping         TARGET=production APPLY='--confirm shop'

PGDECK ?= pgdeck
SCHEMA_WORKFLOWS := $(dir $(lastword $(MAKEFILE_LIST)))
SCHEMA_HOOK       = $$(git rev-parse --git-path hooks)/pre-commit
SCHEMA_TARGET     = $(if $(TARGET),-d '$(TARGET)')

.PHONY: setup check migrate

# Another hook is left alone. A program that is no plain name is noted where the hook looks for it.
setup:
	@command -v '$(PGDECK)' >/dev/null || { echo 'there is no $(PGDECK): install pgdeck, or say make setup PGDECK=PATH' >&2; exit 1; }
	@hook="$(SCHEMA_HOOK)"; mkdir -p "$$(dirname "$$hook")"; \
	if [ -e "$$hook" ] && ! grep -q '^# pgdeck pre-commit hook' "$$hook"; then \
	  echo "$$hook is there already and is not pgdeck's: call $(SCHEMA_WORKFLOWS)pre-commit from it" >&2; exit 1; fi; \
	cp '$(SCHEMA_WORKFLOWS)pre-commit' "$$hook" && chmod +x "$$hook" && echo "installed $$hook"
	@case '$(PGDECK)' in */*) git config pgdeck.program "$$(realpath '$(PGDECK)')" ;; esac

check:
	@'$(PGDECK)' check $(CHECK)

migrate:
	@'$(PGDECK)' $(SCHEMA_TARGET) ping
	@'$(PGDECK)' $(SCHEMA_TARGET) plan
	@'$(PGDECK)' $(SCHEMA_TARGET) apply $(APPLY)
	@'$(PGDECK)' $(SCHEMA_TARGET) ping
