/* The inquiry from outside: opened before the first rule is asked, closed behind the last. */
#ifndef MIGRATE_RULES_INQUIRY_H
#define MIGRATE_RULES_INQUIRY_H

#include <talloc.h>

#include "migrate/rules.h"

struct inquiry;

/* Asks nothing yet. Owner: `owner`; the options must outlive it. */
struct inquiry *inquiry_open(TALLOC_CTX *owner, const struct rules_options *options);

/* With --since: asks git what has changed, once and before any rule is asked. Errors: as git_changed; true where there
 * is nothing to ask. */
bool inquiry_look_since(struct inquiry *inquiry, struct error *error) NODISCARD;

/* What the check was about: files, servers, target. Owner of what it sets: the report. */
void inquiry_describe(struct inquiry *inquiry, struct rules_report *report);

#endif
