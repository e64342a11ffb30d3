/* The house rules: each is one row of rules.def and one function that judges it, by doing where it can be done. A check
 * asks the selected ones and goes on whatever it finds; what one rule has built the next one uses. */
#ifndef MIGRATE_RULES_H
#define MIGRATE_RULES_H

#include <talloc.h>

#include "store/base.h"
#include "store/cancel.h"
#include "store/error.h"
#include "store/pool.h"
#include "store/settings.h"

/* Semantic version of the rule set: what findings mean. Major: a rule demands more, or is gone; minor: a rule is new or
 * demands less; patch: words. ../docs/RULES.md says who decides. */
#define RULES_VERSION "1.0.0"

enum rule_id {
#define RULE(name, id, scope, occasion, demand) RULE_##name,
#include "migrate/rules.def"
#undef RULE
    RULE_COUNT
};

/* What it is asked of, and when: see rules.def. */
enum rule_scope { RULE_OF_FILES, RULE_OF_SCRATCH, RULE_OF_TARGET };
enum rule_occasion { RULE_ALWAYS, RULE_SINCE, RULE_RELEASE };

/* What findings of a rule count for: `severity` of pgdeck.yaml. WARNING: told, and fails nothing. OFF: not asked. */
enum rule_severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_OFF };

struct rule_case; /* migrate/rules/rule.h */

/* A row of rules.def. judge: migrate/rules/rule.h. */
struct rule {
    const char *id;
    enum rule_scope scope;
    enum rule_occasion occasion;
    const char *demand;
    bool (*judge)(struct rule_case *rule_case, struct error *error);
};
extern const struct rule rules[RULE_COUNT];

/* The row of an id, or NULL. */
const struct rule *rule_find_id(const char *id);

/* "error", "warning", "off". */
const char *rule_severity_name(enum rule_severity severity);

/* One place where a rule does not hold. */
struct rule_finding {
    const char *message; /* lower case, no final stop; names the thing */
    const char *file;    /* relative to the project; or NULL */
    int line;            /* from 1; 0: the file as a whole */
    const char *object;  /* identity, version, "TestCase.agent_id"; or NULL */
    const char *hint;    /* a sentence: what to do; or NULL */
};

struct rule_result {
    const struct rule *rule;
    enum rule_severity severity;
    const char *skipped;           /* why it could not be asked; or NULL. Then there are no findings */
    const char *evidence;          /* what was done: "14 files ran twice in PostgreSQL 15.18"; or NULL */
    struct rule_finding *findings; /* by file, line, object */
    size_t count;
};

/* A migration file that the check was about. */
struct rules_file {
    const char *path, *version, *checksum;
    enum { RULES_FILE_SAME, RULES_FILE_CHANGED } since; /* CHANGED: with --since, since that revision */
};

/* Constant once made. */
struct rules_report {
    struct rule_result *results; /* in the order of rules.def; those that were asked for */
    size_t count;
    const struct rules_file *files; /* by version */
    size_t file_count;
    const char *since;                       /* the revision, as given; or NULL */
    const char *scratch_server;              /* version of the server that files ran in: "15.18"; NULL: nothing ran */
    const char *target;                      /* user@host:port/database, server; or NULL: there was none */
    size_t failed, warned, skipped, held;    /* rules */
    enum { RULES_HOLD, RULES_FAIL } verdict; /* FAIL: a rule of SEVERITY_ERROR has findings */
};

/* Told on the checking thread before a rule is asked (done of total; what NULL), and while it works (what: a file's
 * name). */
typedef void (*rules_progress_fn)(void *listener, const struct rule *rule, size_t done, size_t total, const char *what);

/* Told on the checking thread when a rule was asked. */
typedef void (*rules_result_fn)(void *listener, const struct rule_result *result);

struct rules_options {
    const struct settings *settings;
    const char *const *environment; /* for a program that prints models; NULL-terminated */
    /* The target: a pool, or why there is none to ask, or why it could not be reached (a finding of `connection`). */
    struct pool *pool;
    const char *no_target;
    const struct error *target_error;
    const char *const *only; /* ids, NULL-terminated; NULL: all whose occasion it is */
    const char *since;       /* a git revision; or NULL */
    enum { CHECK_DAILY, CHECK_RELEASE } purpose;
    int64_t wall_us; /* now */
    struct cancel *cancel;
    rules_progress_fn on_progress; /* or NULL */
    rules_result_fn on_result;     /* or NULL */
    void *listener;
};

/* Whether pgdeck.yaml speaks of rules, keys and words that there are. Errors: ERROR_SETTINGS with the place. */
bool rules_check_settings(const struct settings *settings, struct error *error) NODISCARD;

/* Asks the rules. Owner: `owner`. Blocks. Errors: rules_check_settings'; ERROR_USAGE (an id that there is not, a
 * revision that git does not know); ERROR_CANCELLED; ERROR_INTERNAL. Whatever else goes wrong is a finding, or a
 * skipped rule with the reason. */
struct rules_report *rules_check(TALLOC_CTX *owner, const struct rules_options *options, struct error *error) NODISCARD;

#endif
