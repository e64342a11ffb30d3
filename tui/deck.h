/* What a pgdeck process has open: settings, target, private cluster, pool, log. Both faces work on one deck; parts are
 * opened when first needed, on the thread that needs them. */
#ifndef TUI_DECK_H
#define TUI_DECK_H

#include <talloc.h>

#include "migrate/apply.h"
#include "store/base.h"
#include "store/cancel.h"
#include "store/cluster.h"
#include "store/error.h"
#include "store/log.h"
#include "store/pool.h"
#include "store/settings.h"
#include "store/target.h"

/* What the command line said before any file was read. */
struct deck_options {
    const char *project;                                 /* -C, or NULL */
    const char *database;                                /* -d, or NULL */
    enum { ACCESS_AS_GUARDED, ACCESS_READ_ONLY } access; /* --read-only */
    const char *const *environment;
    const char *const *settings; /* "name=value" of settings given as options; NULL-terminated, or NULL */
};

struct deck {
    struct deck_options options;
    struct settings *settings; /* after deck_open_project */
    struct log *log;           /* after deck_open_project; never NULL then */
    struct target *target;     /* after deck_resolve_target */
    enum guard guard;          /* the target's; read-only with --read-only */
    struct cluster *cluster;   /* when the target is the private one */
    struct pool *pool;         /* after deck_open_target */
    const char *person, *host; /* for the journal */
    const char *application;   /* "pgdeck VERSION" */
};

/* Owner: `owner`. Opens nothing. Texts of `options` are copied, the environment is borrowed. */
struct deck *deck_new(TALLOC_CTX *owner, const struct deck_options *options);

/* Finds the project (-C; else the nearest folder upward with pgdeck.yaml or migrations/, else here), loads the
 * settings, opens the log. Nothing when that was done. Errors: ERROR_FILE (no such folder), settings_load's. */
bool deck_open_project(struct deck *deck, struct error *error) NODISCARD;

/* Finds the target and its guard; connects nothing, starts nothing. Nothing when that was done. Errors:
 * target_resolve's. */
bool deck_resolve_target(struct deck *deck, enum target_fallback fallback, struct error *error) NODISCARD;

/* Resolves the target, starts the private cluster if that is it, makes the pool (read-only where the guard is).
 * Connects nothing else. Nothing when that was done. `notices` of the target are for the caller to show. */
bool deck_open_target(struct deck *deck, enum target_fallback fallback, struct cancel *cancel,
                      struct error *error) NODISCARD;

/* Options for apply_run, mark_run, bootstrap_run on this deck. */
struct apply_options deck_apply_options(const struct deck *deck, struct cancel *cancel);

#endif
