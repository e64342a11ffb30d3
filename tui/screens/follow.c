/* See follow.h. A look at the file once a second costs less than being told of each write. */
#include "tui/screens/follow.h"

#include <fcntl.h>
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOOK_MS = 1000, MOST_BYTES = 262144, MOST_LINES = 20000 };

struct follow {
    struct console *console;
    struct pager *pager;
    off_t at;
    ino_t file;
};

struct follow *follow_new(TALLOC_CTX *owner, struct console *console, struct pager *pager)
{
    struct follow *follow = talloc_zero(owner, struct follow);
    *follow = (struct follow){console, pager, 0, 0};
    return follow;
}

static enum look level_look(const char *level)
{
    return strcmp(level, "error") == 0 ? LOOK_BAD : strcmp(level, "warning") == 0 ? LOOK_WARN : LOOK_DIM;
}

/* A record: its time, level and event first, the rest as it is. */
static void add_record(struct document *document, const char *line, size_t size)
{
    json_t *record = json_loadb(line, size, 0, NULL);
    const char *time = json_string_value(json_object_get(record, "time"));
    const char *level = json_string_value(json_object_get(record, "level"));
    const char *event = json_string_value(json_object_get(record, "event"));
    if (!time || !level || !event) {
        document_add_bytes(document, LOOK_PLAIN, line, size);
        document_end_line(document);
        json_decref(record);
        return;
    }
    document_add(document, LOOK_DIM, " %.8s ", strlen(time) > 11 ? time + 11 : time);
    document_add(document, level_look(level), "%-8s", level);
    document_add(document, LOOK_STRONG, "%s ", event);
    const char *shown[] = {"time", "level", "event"};
    for (size_t i = 0; i < countof(shown); i++)
        json_object_del(record, shown[i]);
    char *rest = json_dumps(record, JSON_COMPACT);
    document_line(document, LOOK_PLAIN, " %s", rest ? rest : "");
    free(rest);
    json_decref(record);
}

static void add_records(struct follow *follow, const char *bytes, size_t size)
{
    bool was_at_end = pager_is_at_end(follow->pager);
    if (pager_document(follow->pager)->count > MOST_LINES)
        pager_set(follow->pager, document_new(follow));
    struct document *document = pager_change(follow->pager);
    size_t at = 0;
    for (const char *newline; (newline = memchr(bytes + at, '\n', size - at)); at = (size_t)(newline - bytes) + 1)
        add_record(document, bytes + at, (size_t)(newline - bytes) - at);
    follow->at += (off_t)at;
    if (was_at_end)
        pager_to_end(follow->pager);
}

/* Another file of that name is a new one: the old was set aside at its size. */
static void look(struct follow *follow)
{
    const char *path = log_path(follow->console->deck->log);
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return;
    if (fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode)) {
        bool is_new = facts.st_ino != follow->file || facts.st_size < follow->at;
        if (is_new)
            follow->at = facts.st_size > MOST_BYTES ? facts.st_size - MOST_BYTES : 0;
        follow->file = facts.st_ino;
        char *bytes = talloc_size(follow, MOST_BYTES);
        ssize_t size = facts.st_size > follow->at ? pread(fd, bytes, MOST_BYTES, follow->at) : 0;
        if (size > 0)
            add_records(follow, bytes, (size_t)size);
        talloc_free(bytes);
    }
    close(fd);
}

static void on_time(void *argument)
{
    struct follow *follow = argument;
    look(follow);
    loop_after(follow->console->loop, LOOK_MS, on_time, follow);
}

void follow_start(struct follow *follow) { on_time(follow); }

void follow_stop(struct follow *follow) { loop_forget(follow->console->loop, on_time, follow); }
