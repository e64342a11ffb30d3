/* See log.h. A file is kept open between records and looked at before each: another process may have set it aside.
 * What cannot be written is dropped; nobody waits for a log. */
#include "store/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/clock.h"
#include "store/disk.h"
#include "store/redact.h"
#include "store/text.h"

enum {
    RECORD_LIMIT = 65536,
    TEXT_LIMIT = 1 << 20, /* no more of a text is looked at */
    TAIL = 16384,         /* longer than any secret, however spelled */
    DEEPEST = 32,
    SETTLED_S = 2, /* a write(2) does not take so long */
    FOLDER_MODE = 0750,
    FILE_MODE = 0640,
};

struct log {
    pthread_mutex_t mutex; /* guards all but what log_open set for good */
    const char *directory, *path, *older_path;
    int64_t size_bytes;
    enum log_level least;
    int fd;         /* or -1 */
    bool is_torn;   /* the file's last line has no end: a record was written in part */
    bool is_silent; /* there is no folder for it, and none can be made */
    const char **secrets;
    size_t secret_count;
    const char *problem; /* set once, then constant */
};

static const char *const level_names[] = {
    [LOG_LEVEL_DEBUG] = "debug",
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_WARNING] = "warning",
    [LOG_LEVEL_ERROR] = "error",
};

static int destroy(struct log *log)
{
    if (log->fd >= 0)
        close(log->fd);
    pthread_mutex_destroy(&log->mutex);
    return 0;
}

struct log *log_open(TALLOC_CTX *owner, const char *directory, int64_t size_bytes, enum log_level least)
{
    struct log *log = talloc_zero(owner, struct log);
    if (!log)
        abort();
    pthread_mutex_init(&log->mutex, NULL);
    log->directory = talloc_strdup(log, directory);
    log->path = talloc_asprintf(log, "%s/pgdeck.jsonl", directory);
    log->older_path = talloc_asprintf(log, "%s.1", log->path);
    log->size_bytes = size_bytes;
    log->least = least;
    log->fd = -1;
    log->secrets = talloc_zero_array(log, const char *, 1);
    talloc_set_destructor(log, destroy);
    return log;
}

void log_add_secret(struct log *log, const char *secret)
{
    if (!log || !secret || !secret[0])
        return;
    pthread_mutex_lock(&log->mutex);
    size_t count = log->secret_count++;
    log->secrets = talloc_realloc_size(log, log->secrets, (count + 2) * sizeof *log->secrets);
    /* As the text will be when it is looked for. */
    log->secrets[count] = text_encode(log, secret, strlen(secret));
    log->secrets[count + 1] = NULL;
    pthread_mutex_unlock(&log->mutex);
}

static size_t character_start(const char *text, size_t at)
{
    while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80)
        at--;
    return at;
}

/* A JSON string of a text: valid, redacted, and only then cut: a cut could leave half of a secret. For the same
 * reason the tail of a text that was too long to be looked at goes. */
static json_t *clean_text(const struct log *log, const char *text, size_t size_bytes, size_t limit)
{
    TALLOC_CTX *scratch = talloc_new(NULL);
    bool is_cut = size_bytes > TEXT_LIMIT;
    char *clean = text_encode(scratch, text, is_cut ? TEXT_LIMIT : size_bytes);
    clean = redact_patterns(scratch, redact_secrets(scratch, clean, log->secrets));
    size_t size = strlen(clean);
    if (is_cut)
        size = size > TAIL ? size - TAIL : 0;
    if (size > limit) {
        size = limit;
        is_cut = true;
    }
    if (is_cut)
        clean = talloc_asprintf(scratch, "%.*s... (cut)", (int)character_start(clean, size), clean);
    json_t *json = json_string(clean);
    talloc_free(scratch);
    return json;
}

static json_t *clean_value(const struct log *log, json_t *value, size_t limit, int depth);

static void clean_members(const struct log *log, json_t *to, json_t *from, size_t limit, int depth)
{
    const char *key;
    json_t *value;
    json_object_foreach(from, key, value)
    {
        json_t *name = clean_text(log, key, strlen(key), limit);
        char *unused = talloc_strdup(NULL, json_string_value(name));
        while (json_object_get(to, unused))
            unused = talloc_strdup_append(unused, "_");
        bool is_secret = json_is_string(value) && json_string_length(value) && redact_is_secret_key(key);
        json_object_set_new(to, unused, is_secret ? json_string("***") : clean_value(log, value, limit, depth));
        talloc_free(unused);
        json_decref(name);
    }
}

/* A copy, for the caller may keep the value, with every text cleaned. */
static json_t *clean_value(const struct log *log, json_t *value, size_t limit, int depth)
{
    if (depth > DEEPEST)
        return json_string("... (nested too deeply)");
    if (json_is_string(value))
        return clean_text(log, json_string_value(value), json_string_length(value), limit);
    if (json_is_array(value)) {
        json_t *array = json_array();
        for (size_t i = 0; i < json_array_size(value); i++)
            json_array_append_new(array, clean_value(log, json_array_get(value, i), limit, depth + 1));
        return array;
    }
    if (json_is_object(value)) {
        json_t *object = json_object();
        clean_members(log, object, value, limit, depth + 1);
        return object;
    }
    return json_deep_copy(value);
}

/* The line, its newline included, at most RECORD_LIMIT bytes. Owner: the caller, by free(3). */
static char *format_record(const struct log *log, enum log_level level, const char *event, json_t *fields)
{
    /* Each try cuts texts shorter; the last one leaves the fields out: there are too many of them. */
    static const size_t limits[] = {32768, 4096, 512, 64, 0};
    char *time = clock_format(NULL, clock_wall_us());
    char *line = NULL;
    for (size_t i = 0; i < countof(limits) && !line; i++) {
        json_t *record = json_object();
        json_object_set_new(record, "time", json_string(time));
        json_object_set_new(record, "level", json_string(level_names[level]));
        json_object_set_new(record, "event", clean_text(log, event, strlen(event), 256));
        json_object_set_new(record, "pid", json_integer(getpid()));
        if (limits[i] == 0)
            json_object_set_new(record, "cut", json_true());
        else if (json_is_object(fields))
            clean_members(log, record, fields, limits[i], 0);
        else if (fields)
            json_object_set_new(record, "fields", clean_value(log, fields, limits[i], 0));
        line = json_dumps(record, JSON_COMPACT | JSON_PRESERVE_ORDER);
        json_decref(record);
        if (line && strlen(line) >= RECORD_LIMIT) {
            free(line);
            line = NULL;
        }
    }
    talloc_free(time);
    return line;
}

static bool fail(struct log *log, const char *what)
{
    int number = errno;
    if (!log->problem)
        __atomic_store_n(&log->problem, talloc_asprintf(log, "cannot %s \"%s\": %s", what, log->path, strerror(number)),
                         __ATOMIC_RELEASE);
    return false;
}

static bool make_folders_above(const struct log *log)
{
    char *above = talloc_strdup(NULL, log->directory);
    char *slash = strrchr(above, '/');
    bool is_made = false;
    if (slash && slash > above) {
        *slash = '\0';
        is_made = disk_make_folders(above, error_new(above));
    }
    int number = errno;
    talloc_free(above);
    errno = number;
    return is_made;
}

static bool make_folder(struct log *log)
{
    bool is_made = mkdir(log->directory, FOLDER_MODE) == 0 || errno == EEXIST;
    if (!is_made && errno == ENOENT && make_folders_above(log))
        is_made = mkdir(log->directory, FOLDER_MODE) == 0 || errno == EEXIST;
    if (is_made)
        return true;
    /* A project that may not be written to has no log, and that is no news. */
    log->is_silent = errno == EACCES || errno == EPERM || errno == EROFS;
    return log->is_silent ? false : fail(log, "make the folder of");
}

/* Whether a run before this one left half a record. A file that was just written to may be between two pages of
 * somebody's write(2), and is taken as whole. */
static bool is_left_torn(int fd, const struct stat *status)
{
    int64_t age_s = clock_wall_us() / 1000000 - status->st_mtim.tv_sec;
    char last = '\n';
    return age_s >= SETTLED_S && status->st_size > 0 && pread(fd, &last, 1, status->st_size - 1) == 1 && last != '\n';
}

static bool open_file(struct log *log)
{
    /* Never through a link, and never waiting at a fifo. */
    int flags = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int fd = open(log->path, flags, FILE_MODE);
    if (fd < 0 && errno == ENOENT && make_folder(log))
        fd = open(log->path, flags, FILE_MODE);
    if (fd < 0)
        return log->is_silent ? false : fail(log, "open");
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        errno = EINVAL;
        return fail(log, "log into what is no regular file");
    }
    log->is_torn = is_left_torn(fd, &status);
    log->fd = fd;
    return true;
}

static void close_file(struct log *log)
{
    if (log->fd >= 0)
        close(log->fd);
    log->fd = -1;
}

/* Whether the open file is still the one at the path; *size_bytes gets its size. */
static bool is_current(const struct log *log, int64_t *size_bytes)
{
    struct stat ours, there;
    if (log->fd < 0 || fstat(log->fd, &ours) != 0 || lstat(log->path, &there) != 0)
        return false;
    *size_bytes = ours.st_size;
    return ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

static bool open_current(struct log *log, int64_t *size_bytes)
{
    if (is_current(log, size_bytes))
        return true;
    close_file(log);
    *size_bytes = 0;
    if (!open_file(log))
        return false;
    (void)is_current(log, size_bytes);
    return true;
}

/* Sets a full file aside. Who holds the lock does it; who does not get it writes on meanwhile. The lock is on the file
 * itself, so it goes with its process, and after the rename everybody meets at the new file. */
static bool rotate(struct log *log)
{
    if (flock(log->fd, LOCK_EX | LOCK_NB) != 0)
        return true;
    int64_t size_bytes;
    bool is_ours = is_current(log, &size_bytes);
    if (is_ours && rename(log->path, log->older_path) != 0) {
        fail(log, "set aside");
        flock(log->fd, LOCK_UN);
        return true;
    }
    close_file(log);
    return open_file(log);
}

static void write_line(struct log *log, const char *line)
{
    int64_t size_bytes;
    if (!open_current(log, &size_bytes))
        return;
    size_t length = strlen(line);
    if (size_bytes > 0 && size_bytes + (int64_t)length + 1 > log->size_bytes && !rotate(log))
        return;
    char *record = talloc_asprintf(NULL, "%s%s\n", log->is_torn ? "\n" : "", line);
    length = strlen(record);
    ssize_t written;
    do
        written = write(log->fd, record, length);
    while (written < 0 && errno == EINTR);
    if (written >= 0 && (size_t)written < length)
        errno = ENOSPC;
    if (written < 0 || (size_t)written < length)
        fail(log, "write to");
    if (written > 0)
        log->is_torn = record[written - 1] != '\n';
    talloc_free(record);
}

void log_write(struct log *log, enum log_level level, const char *event, json_t *fields)
{
    if (log && level >= log->least) {
        pthread_mutex_lock(&log->mutex);
        if (!log->is_silent) {
            char *line = format_record(log, level, event, fields);
            if (line)
                write_line(log, line);
            free(line);
        }
        pthread_mutex_unlock(&log->mutex);
    }
    json_decref(fields);
}

static void add_text(json_t *fields, const char *key, const char *text)
{
    if (!text || !text[0])
        return;
    char *valid = text_encode(NULL, text, strlen(text));
    json_object_set_new(fields, key, json_string(valid));
    talloc_free(valid);
}

static void add_number(json_t *fields, const char *key, long number)
{
    if (number != 0)
        json_object_set_new(fields, key, json_integer(number));
}

void log_error(struct log *log, const char *event, const struct error *error)
{
    json_t *fields = json_object();
    add_text(fields, "code", error_kind(error->code)->name);
    add_text(fields, "message", error->message);
    add_text(fields, "detail", error->detail);
    add_text(fields, "hint", error->hint);
    add_text(fields, "context", error->context);
    add_text(fields, "sqlstate", error->sqlstate);
    add_text(fields, "file", error->file);
    add_number(fields, "line", error->line);
    add_number(fields, "column", error->column);
    add_number(fields, "statement", error->statement);
    add_number(fields, "position", error->position);
    add_text(fields, "schema", error->schema);
    add_text(fields, "table", error->table);
    add_text(fields, "column_name", error->column_name);
    add_text(fields, "constraint", error->constraint);
    if (error->is_connection_lost)
        json_object_set_new(fields, "connection_lost", json_true());
    log_write(log, error->code == ERROR_CANCELLED ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, event, fields);
}

const char *log_problem(const struct log *log) { return log ? __atomic_load_n(&log->problem, __ATOMIC_ACQUIRE) : NULL; }

const char *log_path(const struct log *log) { return log->path; }
