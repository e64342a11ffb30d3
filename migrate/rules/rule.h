/* What the functions behind the rows of rules.def stand on: the case of one rule, and the inquiry that all of one check
 * share. Pieces of the inquiry are made when first asked for and kept; one that could not be made is not tried again.
 */
#ifndef MIGRATE_RULES_RULE_H
#define MIGRATE_RULES_RULE_H

#include <talloc.h>

#include "migrate/baseline.h"
#include "migrate/compare.h"
#include "migrate/directory.h"
#include "migrate/hazard.h"
#include "migrate/models.h"
#include "migrate/rules.h"
#include "migrate/scratch.h"
#include "migrate/status.h"
#include "store/git.h"
#include "store/session.h"

struct inquiry; /* opaque */

/* One rule, being asked. */
struct rule_case {
    struct inquiry *inquiry;
    const struct rules_options *options;
    struct rule_result *result;
    TALLOC_CTX *memory; /* lives as long as the report: owner of what is found */
};

#define RULE(name, id, scope, occasion, demand) bool rule_##name(struct rule_case *rule_case, struct error *error);
#include "migrate/rules.def"
#undef RULE

/* A judge says what it found, that it could not ask, or what it did (evidence), and returns true; false ends the whole
 * check (ERROR_CANCELLED, ERROR_INTERNAL). Texts are copied. rule_skip returns true, so that a judge can return it. */
void rule_find(struct rule_case *rule_case, const struct rule_finding *finding);
bool rule_skip(struct rule_case *rule_case, const char *format, ...) PRINTF_LIKE(2, 3);
void rule_evidence(struct rule_case *rule_case, const char *format, ...) PRINTF_LIKE(2, 3);
void rule_progress(struct rule_case *rule_case, const char *what);

/* The failure of a piece of the inquiry (or of anything else), as a finding at its place: for the rule that it breaks.
 */
bool rule_blame(struct rule_case *rule_case, const struct error *failure, struct error *error) NODISCARD;

/* The same for all other rules: skipped, with the failure as the reason. Both return false with a copy of the failure
 * where it ends the check. */
bool rule_give_up(struct rule_case *rule_case, const struct error *failure, struct error *error) NODISCARD;

/* The threshold of migration.hazard: "low" ... "critical"; "long" is "high". False: it is none. */
bool rule_hazard_threshold(const char *word, enum hazard_danger *threshold);

/* ---- the inquiry ---- */

/* All files that can be read. Never NULL. */
const struct directory *inquiry_directory(struct inquiry *inquiry);

/* Why the others cannot be read. An error without a line is of a name, a version or the folder (migration.name), one
 * with a line of the file's text (migration.idempotent). */
const struct directory_errors *inquiry_directory_errors(struct inquiry *inquiry);

/* Whether the project has taken up the house's ways: there is a pgdeck.yaml, an init script, models or documentation. A
 * mirror that is missing is a finding there; elsewhere its rules are skipped. */
bool inquiry_is_house(struct inquiry *inquiry);

/* Whether a path of the project has changed since the revision of --since, or anything below it; true where none was
 * given. Deleted files have changed, too. */
bool inquiry_has_changed(const struct inquiry *inquiry, const char *path);
bool inquiry_has_changed_below(const struct inquiry *inquiry, const char *path);

/* Pieces. NULL: *failure says why; it lives as long as the inquiry. Each may block. */
struct git *inquiry_git(struct inquiry *inquiry, const struct error **failure);
const struct models *inquiry_models(struct inquiry *inquiry, const struct error **failure);
struct session *inquiry_session(struct inquiry *inquiry, const struct error **failure); /* to the target */
const struct session_facts *inquiry_facts(struct inquiry *inquiry, const struct error **failure);
const struct status *inquiry_status(struct inquiry *inquiry, const struct error **failure);
const struct baseline *inquiry_baseline(struct inquiry *inquiry, const struct error **failure); /* init, migrations */

/* A scratch server of the target's major version, of the newest where there is no target. */
struct scratch *inquiry_scratch(struct inquiry *inquiry, const struct error **failure);

/* The major version of the target's server; 0: there is no target, or it does not answer. */
int inquiry_major(struct inquiry *inquiry);

/* Options for mirrors: settings, environment, cancel, major, progress. */
struct mirror_options inquiry_mirror_options(struct inquiry *inquiry);

/* "column public.t.a: default is 1 in init and 2 in migrations". Owner: `owner`. */
const char *rule_change_words(TALLOC_CTX *owner, const struct comparison *comparison, const struct change *change);

/* Each difference of two mirrors as a finding, at the file that it blames (or else `file`). */
void rule_find_changes(struct rule_case *rule_case, const struct comparison *comparison, const char *file,
                       const char *hint);

#endif
