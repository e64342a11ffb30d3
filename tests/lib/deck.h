/* A project, a database and pgdeck, for tests of the scripted contract: run a command line, look at exit status, JSON,
 * stderr. */
#ifndef TESTS_LIB_DECK_H
#define TESTS_LIB_DECK_H

#include <jansson.h>
#include <talloc.h>

#include "tests/lib/oracle.h"
#include "tests/lib/program.h"
#include "tests/lib/server.h"

#define DECK_DATABASE "shop"
#define DECK_PATIENCE_MS 60000

struct deck_scene {
    struct test_server *server;
    struct oracle *oracle;
    const char *home, *project;
    const char *target;      /* a connection string: guard confirm */
    json_t *document;        /* of the last run with --json; NULL where stdout was none */
    struct program *program; /* the last run */
};

/* Starts a server; a test begins with deck_scene_reset. Owner: `owner`. */
struct deck_scene *deck_scene_start(TALLOC_CTX *owner);

/* A new empty database and a new project with the targets "open", "careful" (confirm) and "locked" (read-only), all of
 * them the same database, and with 001_first, 002_second. */
void deck_scene_reset(struct deck_scene *scene);

/* Writes pgdeck.yaml anew: the targets, and `more` behind them. */
void deck_scene_settings(struct deck_scene *scene, const char *more);

/* Writes a migration file: "003_third.sql". */
void deck_scene_write(struct deck_scene *scene, const char *name, const char *text);

/* Runs `pgdeck -C PROJECT WORDS...` to its end; fails the test unless it exits with `status`. With --json among the
 * words stdout must be one document, which becomes scene->document, with "format" 1 and "command". */
void deck_scene_run(struct deck_scene *scene, int status, const char *const *words);

/* Starts it. Environment may be NULL. */
void deck_scene_start_program(struct deck_scene *scene, const char *const *environment, const char *const *words);

/* Waits for what was started, and checks it as deck_scene_run does. */
void deck_scene_finish(struct deck_scene *scene, int status);

/* A value of the document by its path: "error.code", "migrations.0.state". NULL where there is none; borrowed. */
const json_t *deck_scene_value(const struct deck_scene *scene, const char *path);
/* The same as text; numbers as they are written. Owner: the scene. */
const char *deck_scene_text(struct deck_scene *scene, const char *path);

#define DECK_RUN(scene, status, ...) deck_scene_run(scene, status, (const char *const[]){__VA_ARGS__, NULL})

#endif
