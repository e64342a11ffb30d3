/* See task.h. One mutex guards the queue and the flags; an eventfd wakes the starter. */
#include "store/task.h"

#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct report {
    struct report *next;
    size_t size_bytes;
    unsigned char bytes[];
};

struct task {
    struct task_options options;
    TALLOC_CTX *memory; /* the worker's until the end */
    struct cancel *cancel;
    struct error *error; /* in `memory` */
    void *result;
    pthread_t thread;
    pthread_mutex_t mutex;
    int wake_fd;
    struct report *first, **last; /* guarded by mutex; malloc'ed, for they change threads */
    bool has_ended;               /* guarded by mutex */
    bool succeeded;               /* guarded by mutex */
    bool is_joined;               /* the starter's */
};

static void wake(struct task *task)
{
    uint64_t one = 1;
    ssize_t written UNUSED = write(task->wake_fd, &one, sizeof one);
}

static void *run(void *argument)
{
    struct task *task = argument;
    bool succeeded = task->options.run(task, task->options.argument, task->error);
    pthread_mutex_lock(&task->mutex);
    task->succeeded = succeeded;
    task->has_ended = true;
    wake(task);
    pthread_mutex_unlock(&task->mutex);
    return NULL;
}

static struct report *take_reports(struct task *task)
{
    struct report *first = task->first;
    task->first = NULL;
    task->last = &task->first;
    return first;
}

static void join(struct task *task)
{
    if (!task->is_joined)
        pthread_join(task->thread, NULL);
    task->is_joined = true;
}

static int destroy(struct task *task)
{
    cancel_request(task->cancel, 0);
    join(task);
    for (struct report *report = take_reports(task), *next; report; report = next) {
        next = report->next;
        free(report);
    }
    close(task->wake_fd);
    pthread_mutex_destroy(&task->mutex);
    talloc_free(task->memory);
    return 0;
}

/* Signals must reach the thread that has the screen: the worker starts with all of them blocked. */
static bool start_thread(struct task *task)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&task->thread, NULL, run, task) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

struct task *task_start(TALLOC_CTX *owner, const struct task_options *options, struct error *error)
{
    struct task *task = talloc_zero(owner, struct task);
    task->options = *options;
    task->options.name = talloc_strdup(task, options->name);
    task->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    task->cancel = cancel_new(task);
    task->last = &task->first;
    if (task->wake_fd < 0 || !task->cancel) {
        if (task->wake_fd >= 0)
            close(task->wake_fd);
        talloc_free(task);
        error_set(error, ERROR_INTERNAL, "no file descriptor is left for the task \"%s\"", options->name);
        return NULL;
    }
    task->memory = talloc_named_const(NULL, 0, "task");
    task->error = error_new(task->memory);
    pthread_mutex_init(&task->mutex, NULL);
    if (!start_thread(task)) {
        close(task->wake_fd);
        talloc_free(task->memory);
        talloc_free(task);
        error_set(error, ERROR_INTERNAL, "no thread can be started for the task \"%s\"", options->name);
        return NULL;
    }
    talloc_set_destructor(task, destroy);
    return task;
}

int task_fd(const struct task *task) { return task->wake_fd; }

bool task_deliver(struct task *task)
{
    uint64_t wakes;
    ssize_t taken UNUSED = read(task->wake_fd, &wakes, sizeof wakes);
    pthread_mutex_lock(&task->mutex);
    struct report *report = take_reports(task);
    bool has_ended = task->has_ended;
    pthread_mutex_unlock(&task->mutex);
    for (struct report *next; report; report = next) {
        next = report->next;
        if (task->options.on_progress)
            task->options.on_progress(task->options.listener, report->bytes, report->size_bytes);
        free(report);
    }
    if (has_ended)
        join(task);
    return has_ended;
}

bool task_finish(struct task *task, struct error *error)
{
    join(task);
    bool ended UNUSED = task_deliver(task);
    if (!task->succeeded)
        error_copy(error, task->error);
    return task->succeeded;
}

void *task_result(const struct task *task) { return task->result; }

void task_cancel(struct task *task) { cancel_request(task->cancel, 0); }

const char *task_name(const struct task *task) { return task->options.name; }

TALLOC_CTX *task_memory(struct task *task) { return task->memory; }

struct cancel *task_cancellation(struct task *task) { return task->cancel; }

void task_report(struct task *task, const void *progress, size_t size_bytes)
{
    struct report *report = malloc(sizeof *report + size_bytes);
    if (!report)
        abort();
    report->next = NULL;
    report->size_bytes = size_bytes;
    memcpy(report->bytes, progress, size_bytes);
    pthread_mutex_lock(&task->mutex);
    *task->last = report;
    task->last = &report->next;
    wake(task);
    pthread_mutex_unlock(&task->mutex);
}

void task_set_result(struct task *task, void *result) { task->result = result; }
