/* See snowflake.h. */
#include "store/snowflake.h"

#include <pthread.h>

#include "store/cancel.h"
#include "store/clock.h"
#include "store/digest.h"

enum { NODE_BITS = 10, SEQUENCE_BITS = 12, SEQUENCES = 1 << SEQUENCE_BITS, WAITS_MOST = 1000, WAIT_MS = 1 };
#define TIME_MOST ((INT64_C(1) << 41) - 1)

struct snowflake {
    pthread_mutex_t mutex;
    snowflake_clock_fn clock;
    void *argument;
    int64_t node, last_ms;
    int sequence; /* of last_ms; the next one */
};

static int64_t system_clock(void *argument UNUSED) { return clock_wall_us() / 1000; }

static int destroy(struct snowflake *snowflake)
{
    pthread_mutex_destroy(&snowflake->mutex);
    return 0;
}

struct snowflake *snowflake_new(TALLOC_CTX *owner, int node, snowflake_clock_fn clock, void *argument)
{
    struct snowflake *snowflake = talloc_zero(owner, struct snowflake);
    if (!snowflake || pthread_mutex_init(&snowflake->mutex, NULL))
        abort();
    snowflake->clock = clock ? clock : system_clock;
    snowflake->argument = argument;
    snowflake->node = node & (SNOWFLAKE_NODES - 1);
    snowflake->last_ms = -1;
    talloc_set_destructor(snowflake, destroy);
    return snowflake;
}

int snowflake_node(const char *host, long process_id)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *name = talloc_asprintf(memory, "%s/%ld", host, process_id);
    int node = (int)((uint64_t)digest_key(name, strlen(name)) & (SNOWFLAKE_NODES - 1));
    talloc_free(memory);
    return node;
}

/* Whether there is an id at this moment. */
static bool take(struct snowflake *snowflake, int64_t now_ms, int64_t *id)
{
    if (now_ms < snowflake->last_ms)
        return false;
    if (now_ms > snowflake->last_ms) {
        snowflake->last_ms = now_ms;
        snowflake->sequence = 0;
    }
    if (snowflake->sequence == SEQUENCES)
        return false;
    *id = now_ms << (NODE_BITS + SEQUENCE_BITS) | snowflake->node << SEQUENCE_BITS | snowflake->sequence++;
    return true;
}

static bool next(struct snowflake *snowflake, int64_t *id, struct error *error)
{
    for (int waits = 0;; waits++) {
        int64_t now_ms = snowflake->clock(snowflake->argument) - SNOWFLAKE_EPOCH_MS;
        if (now_ms < 0 || now_ms > TIME_MOST)
            return error_set(error, ERROR_INTERNAL,
                             "the system's clock stands outside of 2020 to 2089: no id can be made");
        if (take(snowflake, now_ms, id))
            return true;
        if (waits == WAITS_MOST || snowflake->last_ms - now_ms > WAITS_MOST)
            return error_set(error, ERROR_INTERNAL, "the system's clock went back by %lld ms: an id might repeat",
                             (long long)(snowflake->last_ms - now_ms));
        cancel_sleep(NULL, WAIT_MS);
    }
}

bool snowflake_next(struct snowflake *snowflake, int64_t *id, struct error *error)
{
    pthread_mutex_lock(&snowflake->mutex);
    bool ok = next(snowflake, id, error);
    pthread_mutex_unlock(&snowflake->mutex);
    return ok;
}
