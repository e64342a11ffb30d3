/* What the rows of one reading have to do with each other. Pure. See activity.h. */
#include "store/activity.h"

static const char *const modes[] = {
    "AccessShareLock", "RowShareLock",          "RowExclusiveLock", "ShareUpdateExclusiveLock",
    "ShareLock",       "ShareRowExclusiveLock", "ExclusiveLock",    "AccessExclusiveLock"};

/* Bit n: conflicts with modes[n]. */
static const unsigned conflicts[countof(modes)] = {0x80, 0xc0, 0xf0, 0xf8, 0xec, 0xfc, 0xfe, 0xff};

static size_t mode_number(const char *mode)
{
    size_t i = 0;
    while (i < countof(modes) && strcmp(modes[i], mode) != 0)
        i++;
    return i;
}

bool activity_modes_conflict(const char *left, const char *right)
{
    size_t a = mode_number(left), b = mode_number(right);
    return a == countof(modes) || b == countof(modes) || (conflicts[a] & 1u << b) != 0;
}

const struct activity_session *activity_find(const struct activity *activity, int64_t pid)
{
    for (size_t i = 0; i < activity->session_count; i++)
        if (activity->sessions[i].pid == pid)
            return &activity->sessions[i];
    return NULL;
}

const struct activity_lock *activity_waits_for(const struct activity_session *session)
{
    return session->lock_count > 0 && !session->locks[0].is_granted ? &session->locks[0] : NULL;
}

size_t activity_behind(const struct activity *activity, const struct activity_session *session)
{
    return activity->tree->behind[session - activity->sessions];
}

enum activity_being activity_being(const struct activity *activity, size_t node, size_t *place)
{
    *place = node;
    if (node < activity->session_count)
        return ACTIVITY_SESSION;
    *place -= activity->session_count;
    if (*place < activity->prepared_count)
        return ACTIVITY_PREPARED;
    *place -= activity->prepared_count;
    return ACTIVITY_GONE;
}

bool activity_is_run(TALLOC_CTX *owner, const struct activity_session *session, const char **run, const char **part)
{
    static const char prefix[] = "pgdeck:";
    const char *name = session->application;
    if (!name || strncmp(name, prefix, sizeof prefix - 1) != 0)
        return false;
    name += sizeof prefix - 1;
    size_t size = strcspn(name, ":");
    if (!size || name[size] != ':' || !name[size + 1])
        return false;
    if (run)
        *run = talloc_strndup(owner, name, size);
    if (part)
        *part = talloc_strdup(owner, name + size + 1);
    return true;
}

/* ---- connecting ---- */

static void read_blockers(struct activity *activity, struct activity_session *session)
{
    const char *at = session->blocked_by ? session->blocked_by : "";
    session->blockers = talloc_array(activity, int64_t, (unsigned)strlen(at) / 2 + 1);
    while (*at) {
        char *end;
        int64_t pid = strtoll(at, &end, 10);
        if (end == at)
            break;
        bool is_double = false;
        for (size_t i = 0; i < session->blocker_count; i++)
            is_double |= session->blockers[i] == pid;
        if (!is_double)
            session->blockers[session->blocker_count++] = pid;
        at = end + strspn(end, " ");
    }
}

static void connect_session(struct activity *activity, struct activity_session *session)
{
    read_blockers(activity, session);
    for (size_t i = 0; i < activity->lock_count; i++)
        if (activity->locks[i].pid == session->pid) {
            session->locks = session->lock_count ? session->locks : &activity->locks[i];
            session->lock_count++;
        }
    for (size_t i = 0; i < activity->progress_count; i++)
        if (activity->progress[i].pid == session->pid)
            session->progress = &activity->progress[i];
}

static size_t gone_node(struct activity *activity, int64_t pid)
{
    size_t first = activity->session_count + activity->prepared_count;
    for (size_t i = 0; i < activity->gone_count; i++)
        if (activity->gone[i] == pid)
            return first + i;
    activity->gone = talloc_realloc(activity, activity->gone, int64_t, (unsigned)activity->gone_count + 1);
    activity->gone[activity->gone_count++] = pid;
    return first + activity->gone_count - 1;
}

/* Whether a prepared transaction holds what the lock waits for. */
static bool stands_in_the_way(const struct activity *activity, const struct activity_prepared *prepared,
                              const struct activity_lock *wanted)
{
    for (size_t i = 0; i < activity->lock_count; i++) {
        const struct activity_lock *held = &activity->locks[i];
        if (held->pid == 0 && held->is_granted && prepared->transaction && held->transaction &&
            strcmp(held->transaction, prepared->transaction) == 0 && strcmp(held->tag, wanted->tag) == 0 &&
            activity_modes_conflict(held->mode, wanted->mode))
            return true;
    }
    return false;
}

/* The nodes of the prepared transactions that hold a session up; the one that nobody can name any more where there are
 * none. */
static void add_prepared(struct activity *activity, const struct activity_session *session, size_t *nodes,
                         size_t *count)
{
    const struct activity_lock *wanted = activity_waits_for(session);
    size_t before = *count;
    for (size_t i = 0; i < activity->prepared_count && wanted; i++)
        if (stands_in_the_way(activity, &activity->prepared[i], wanted))
            nodes[(*count)++] = activity->session_count + i;
    if (*count == before)
        nodes[(*count)++] = gone_node(activity, 0);
}

static size_t session_node(struct activity *activity, int64_t pid)
{
    const struct activity_session *blocker = activity_find(activity, pid);
    return blocker ? (size_t)(blocker - activity->sessions) : gone_node(activity, pid);
}

/* Whether a blocker of `wanted` waits for the same thing itself and has nothing of it: then it only came first. */
static bool only_queues(const struct activity_session *blocker, const struct activity_lock *wanted)
{
    const struct activity_lock *theirs = blocker && wanted ? activity_waits_for(blocker) : NULL;
    if (!theirs || strcmp(theirs->tag, wanted->tag) != 0)
        return false;
    for (size_t i = 0; i < blocker->lock_count; i++)
        if (blocker->locks[i].is_granted && strcmp(blocker->locks[i].tag, wanted->tag) == 0 &&
            activity_modes_conflict(blocker->locks[i].mode, wanted->mode))
            return false;
    return true;
}

/* Puts those first who have what it waits for. */
static void sort_blockers(struct activity *activity, struct activity_session *session)
{
    const struct activity_lock *wanted = activity_waits_for(session);
    for (size_t i = 0; i < session->blocker_count; i++) {
        int64_t pid = session->blockers[i];
        if (pid && only_queues(activity_find(activity, pid), wanted))
            continue;
        size_t queued = i - session->holder_count;
        memmove(&session->blockers[session->holder_count + 1], &session->blockers[session->holder_count],
                queued * sizeof pid);
        session->blockers[session->holder_count++] = pid;
    }
}

/* Of a queue the picture shows only who has what all of it wait for: else a row that many want would be a stair. */
static void add_node(struct activity *activity, const struct activity_session *session, struct blocking_node *node)
{
    size_t *nodes = talloc_array(activity, size_t, (unsigned)(session->blocker_count + activity->prepared_count) + 1);
    size_t shown = session->holder_count ? session->holder_count : session->blocker_count;
    node->blockers = nodes;
    for (size_t i = 0; i < shown; i++)
        if (session->blockers[i] == 0)
            add_prepared(activity, session, nodes, &node->blocker_count);
        else
            nodes[node->blocker_count++] = session_node(activity, session->blockers[i]);
}

void activity_connect(struct activity *activity)
{
    size_t named = activity->session_count + activity->prepared_count;
    struct blocking_node *nodes = talloc_zero_array(activity, struct blocking_node, (unsigned)named + 1);
    for (size_t i = 0; i < activity->session_count; i++)
        connect_session(activity, &activity->sessions[i]);
    for (size_t i = 0; i < activity->session_count; i++)
        sort_blockers(activity, &activity->sessions[i]);
    for (size_t i = 0; i < activity->session_count; i++)
        add_node(activity, &activity->sessions[i], &nodes[i]);
    /* Only now is it known how many are gone; nothing is known to hold these up. */
    size_t count = named + activity->gone_count;
    nodes = talloc_realloc(activity, nodes, struct blocking_node, (unsigned)count + 1);
    memset(nodes + named, 0, activity->gone_count * sizeof *nodes);
    activity->tree = blocking_tree_make(activity, nodes, count);
}
