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
