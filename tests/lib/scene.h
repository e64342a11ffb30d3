/* What the tests of faults share: a server, an oracle, a proxy, a project of migrations that may run only once, and the
 * judgement after a fault: schema, ledger, journal and status must tell the same story. */
#ifndef TESTS_LIB_SCENE_H
#define TESTS_LIB_SCENE_H

#include <talloc.h>

#include "store/base.h"
#include "tests/lib/oracle.h"
#include "tests/lib/program.h"
#include "tests/lib/proxy.h"
#include "tests/lib/server.h"

#define SCENE_DATABASE "fault"
#define SCENE_PATIENCE_MS 30000 /* the longest wait for anything: far beyond what is normal */

/* A migration file. What it does is counted by the oracle: rows of fixture.counter named "VERSION.x", and relations of
 * the schema public named vVERSION_x. */
struct scene_file {
    const char *version, *name, *text;
    enum { SCENE_TRANSACTIONAL, SCENE_STEPWISE } kind;
    int rows, relations;
};

struct scene {
    struct test_server *server;
    struct oracle *oracle;
    struct oracle *holder; /* a second session of the oracle: holds locks and snapshots */
    struct proxy *proxy;
    const char *home, *project;
    const char *direct, *proxied; /* connection strings */
    const struct scene_file *files;
    size_t file_count;
};

/* Which way pgdeck connects. */
enum scene_way { SCENE_DIRECT, SCENE_PROXIED };

/* Starts all of it. Owner: `owner`. */
struct scene *scene_start(TALLOC_CTX *owner);

/* A clean start: an empty schema public, the files, no open transaction of the holder, the proxy reset.
 * The schema fixture has: counter(name); gate(), which waits while the holder has closed it; late(id), whose deferred
 * trigger waits likewise at COMMIT. */
void scene_reset(struct scene *scene, const struct scene_file *files, size_t count);

/* What waits while it is closed: gate(), or the COMMIT of a transaction that wrote into late. */
enum scene_gate { SCENE_GATE_STATEMENT = 77, SCENE_GATE_COMMIT = 78 };
void scene_close_gate(struct scene *scene, enum scene_gate gate);
void scene_open_gates(struct scene *scene);

/* Waits until a session of pgdeck stands at a closed gate. */
void scene_wait_at_gate(struct scene *scene);

/* Starts or runs pgdeck with "-C PROJECT -d TARGET" before the words. Owner: the scene; talloc_free it in long loops.
 */
struct program *scene_start_program(struct scene *scene, enum scene_way way, const char *const *words);
struct program *scene_run(struct scene *scene, enum scene_way way, const char *const *words);

/* `apply --confirm DATABASE`, of everything. */
struct program *scene_start_apply(struct scene *scene, enum scene_way way);
struct program *scene_apply(struct scene *scene, enum scene_way way);

/* Waits until the proxy has stopped a session of the program; fails the test when that ends first, or after long. */
void scene_wait_stop(struct scene *scene, struct program *program);

/* The state of a version as `status --json` has it. Owner: the scene. */
const char *scene_state(struct scene *scene, const char *version);

/* Judges what stands once no session of pgdeck is left: every transactional file whole with its one ledger row or not
 * at all, and `status` saying what the catalog says. */
void scene_check(struct scene *scene);

/* Applies what is left, and judges the end: everything exactly once, nothing invalid, a journal that agrees with the
 * ledger. */
void scene_finish(struct scene *scene);

/* The judgement of scene_finish alone. */
void scene_check_end(struct scene *scene);

/* How long tests run: 1 unless the environment's PGDECK_SOAK is a number. */
int scene_soak(void);

#endif
