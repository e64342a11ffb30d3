/* Makes the text of the init script out of the migrations' database. */
#ifndef MIGRATE_BASELINE_MAKE_H
#define MIGRATE_BASELINE_MAKE_H

#include "migrate/baseline/evidence.h"
#include "migrate/mirror.h"

struct make_source {
    const struct settings *settings;
    const struct mirror *migrations; /* built in scratch */
    const struct migrations_evidence *evidence;
    struct cancel *cancel;
};

struct make_result {
    const char *text;
    const char *const *warnings; /* what is not in it, or as one replay left it; NULL-terminated */
};

/* Owner: `owner`. Blocks. Errors: ERROR_REFUSED where the migrations leave what no script of pgdeck's can make; those
 * of scratch. */
struct make_result *make_script(TALLOC_CTX *owner, const struct make_source *source, struct error *error) NODISCARD;

#endif
