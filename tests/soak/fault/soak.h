/* What the parts of the soak of faults share: one round is a history of migrations, a fault that comes over its apply,
 * and the judgement. */
#ifndef TESTS_SOAK_FAULT_SOAK_H
#define TESTS_SOAK_FAULT_SOAK_H

#include <libpq-fe.h>

#include "tests/lib/scene.h"

enum { FAULTS_MOST = 20, FILES_MOST = 4, READERS = 3 };

struct fault;

struct soak {
    struct scene *scene;
    struct oracle *blocker;
    PGconn *partner, *readers[READERS];
    unsigned seed, state;
    const struct fault *fault; /* of this round */
    TALLOC_CTX *memory;        /* of this round */
    struct scene_file *files;
    struct {
        int whole, told, killed; /* rounds in which the run applied all, failed, was ended */
        int failures;            /* of an attempt or a step, as the journal has them */
    } tally[FAULTS_MOST];
    int columns[FILES_MOST]; /* that each file adds to hot and cold */
    size_t file_count;
};

/* What stands before the run begins, and what comes over it. */
struct fault {
    const char *name;
    void (*prepare)(struct soak *soak);                         /* or NULL: at a random moment */
    void (*strike)(struct soak *soak, struct program *program); /* or NULL */
    const char *environment[2];
    bool is_deadlock; /* each file needs hot, and cold behind it */
};
extern const struct fault faults[];
extern const size_t fault_count;

/* A number below `below`, from the round's seed. */
unsigned soak_draw(struct soak *soak, unsigned below);
void soak_pause(unsigned milliseconds);

/* Draws files, and stands them up. */
void history_draw(struct soak *soak);

/* Holds schema against ledger, and, where a run has ended, all that it said against what stands. */
void judge_columns(struct soak *soak);
void judge_words(struct soak *soak, const struct program *program);

#endif
