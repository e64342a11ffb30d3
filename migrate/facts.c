#include "migrate/facts.h"

#include <string.h>

#include "store/base.h"

static const struct {
    const char *name, *sql;
} modes[] = {
    [LOCK_NONE] = {"", ""},
    [LOCK_ACCESS_SHARE] = {"AccessShareLock", "ACCESS SHARE"},
    [LOCK_ROW_SHARE] = {"RowShareLock", "ROW SHARE"},
    [LOCK_ROW_EXCLUSIVE] = {"RowExclusiveLock", "ROW EXCLUSIVE"},
    [LOCK_SHARE_UPDATE_EXCLUSIVE] = {"ShareUpdateExclusiveLock", "SHARE UPDATE EXCLUSIVE"},
    [LOCK_SHARE] = {"ShareLock", "SHARE"},
    [LOCK_SHARE_ROW_EXCLUSIVE] = {"ShareRowExclusiveLock", "SHARE ROW EXCLUSIVE"},
    [LOCK_EXCLUSIVE] = {"ExclusiveLock", "EXCLUSIVE"},
    [LOCK_ACCESS_EXCLUSIVE] = {"AccessExclusiveLock", "ACCESS EXCLUSIVE"},
};
_Static_assert(countof(modes) == LOCK_ACCESS_EXCLUSIVE + 1, "a row for each mode");

const char *lock_mode_name(enum lock_mode mode) { return modes[mode].name; }

const char *lock_mode_sql(enum lock_mode mode) { return modes[mode].sql; }

enum lock_mode lock_mode_parse(const char *name)
{
    for (enum lock_mode mode = LOCK_ACCESS_SHARE; mode <= LOCK_ACCESS_EXCLUSIVE; mode++)
        if (strcmp(modes[mode].name, name) == 0)
            return mode;
    return LOCK_NONE;
}

static const char *const change_names[] = {
    [BECAME_RENAMED] = "renamed",           [BECAME_TYPE] = "type",       [BECAME_NOT_NULL] = "not null",
    [BECAME_NULLABLE] = "nullable",         [BECAME_VALID] = "validated", [BECAME_DISABLED] = "disabled",
    [BECAME_LOGGED_OR_NOT] = "persistence",
};

const char *fact_change_name(enum fact_change_kind what) { return change_names[what]; }

enum fact_change_kind fact_change_parse(const char *name)
{
    for (enum fact_change_kind what = BECAME_RENAMED; what <= BECAME_LOGGED_OR_NOT; what++)
        if (!strcmp(change_names[what], name))
            return what;
    return BECAME_RENAMED;
}

static const char *const source_names[] = {
    [FACTS_UNKNOWN] = "unknown", [FACTS_DERIVED] = "derived", [FACTS_MEASURED] = "measured"};

const char *fact_source_name(const struct facts *facts) { return source_names[facts->source]; }

bool fact_source_parse(const char *name, struct facts *facts)
{
    for (size_t i = 0; i < countof(source_names); i++) {
        if (strcmp(source_names[i], name) != 0)
            continue;
        facts->source = i == FACTS_MEASURED ? FACTS_MEASURED : i == FACTS_DERIVED ? FACTS_DERIVED : FACTS_UNKNOWN;
        return true;
    }
    return false;
}
