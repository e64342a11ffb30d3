/* See audits.h. */
#include "migrate/audits.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/clock.h"
#include "store/disk.h"

#define DATE_BYTES 10 /* 2026-11-29 */
#define SIZE_MOST (1024 * 1024)
#define OF_A_DAY_MOST 999
#define DAY_US INT64_C(86400000000)

/* ---- dates ---- */

/* Two or four digits; -1: none. */
static int digits(const char *text, int count)
{
    int number = 0;
    for (int i = 0; i < count; i++) {
        if (!isdigit((unsigned char)text[i]))
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

/* Days since 1970-01-01. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int month_length(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return lengths[month - 1] + (month == 2 && is_leap);
}

/* Whether a text begins with a day that there is. */
static bool read_date(const char *text, int64_t *day)
{
    if (strnlen(text, DATE_BYTES) < DATE_BYTES || text[4] != '-' || text[7] != '-')
        return false;
    int year = digits(text, 4), month = digits(text + 5, 2), of_month = digits(text + 8, 2);
    if (year < 1970 || month < 1 || month > 12 || of_month < 1 || of_month > month_length(year, month))
        return false;
    *day = days_of(year, month, of_month);
    return true;
}

char *audits_date(TALLOC_CTX *owner, int64_t wall_us)
{
    char *time = clock_format(owner, wall_us);
    time[DATE_BYTES] = '\0';
    return time;
}

int64_t audits_age_days(const struct audits_last *last, int64_t wall_us) { return wall_us / DAY_US - last->day; }

/* ---- names ---- */

/* YYYY-MM-DD.md is the first of its day, YYYY-MM-DD-N.md the Nth. */
static bool read_name(const char *name, int64_t *day, int *number)
{
    char *end = NULL;
    if (!read_date(name, day))
        return false;
    const char *rest = name + DATE_BYTES;
    *number = 1;
    if (*rest == '-' && isdigit((unsigned char)rest[1]) && rest[1] != '0') {
        long value = strtol(rest + 1, &end, 10);
        *number = value > 1 && value <= OF_A_DAY_MOST ? (int)value : 0;
        rest = end;
    }
    return *number > 0 && !strcmp(rest, ".md");
}

static bool is_plain_file(int folder, const char *name)
{
    struct stat facts;
    return fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(facts.st_mode);
}

/* The name of the last one, or NULL. Owner: `owner`. */
static char *find_last(TALLOC_CTX *owner, DIR *folder)
{
    char *best = NULL;
    int64_t best_day = 0, day;
    int best_number = 0, number;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (!read_name(entry->d_name, &day, &number) || !is_plain_file(dirfd(folder), entry->d_name))
            continue;
        if (best && (day < best_day || (day == best_day && number < best_number)))
            continue;
        talloc_free(best);
        best = talloc_strdup(owner, entry->d_name);
        best_day = day;
        best_number = number;
    }
    return best;
}

/* ---- the text ---- */

/* A line at a time; blanks at its end are none of it. */
struct lines {
    const char *at;
    const char *line;
    size_t length;
    int number;
};

static bool next_line(struct lines *lines)
{
    if (!*lines->at)
        return false;
    lines->line = lines->at;
    lines->length = strcspn(lines->at, "\n");
    lines->at += lines->length + (lines->at[lines->length] ? 1 : 0);
    while (lines->length && strchr(" \t\r", lines->line[lines->length - 1]))
        lines->length--;
    lines->number++;
    return true;
}

static bool is_line(const struct lines *lines, const char *text)
{
    return lines->length == strlen(text) && !memcmp(lines->line, text, lines->length);
}

/* The value of a "key: value" of the head, or NULL. Not terminated. */
static const char *value_of(const struct lines *lines, const char *key)
{
    size_t length = strlen(key);
    if (lines->length <= length || memcmp(lines->line, key, length) != 0 || lines->line[length] != ':')
        return NULL;
    const char *value = lines->line + length + 1;
    return value + strspn(value, " \t");
}

/* What the head says; false: there is none. */
static bool read_head(struct lines *lines, int64_t *day, bool *has_day, size_t *open, bool *has_open)
{
    if (!next_line(lines) || !is_line(lines, "---"))
        return false;
    while (next_line(lines)) {
        const char *date = value_of(lines, "date"), *count = value_of(lines, "open");
        if (is_line(lines, "---"))
            return true;
        if (date)
            *has_day = read_date(date, day);
        if (count && isdigit((unsigned char)*count) && strspn(count, "0123456789") < 9) {
            *open = strtoul(count, NULL, 10);
            *has_open = true;
        }
    }
    return false;
}

/* "- [ ] ..." or "- [x] ...", however deep, with any mark of a list. 0: no item. */
static char box_of(const struct lines *lines)
{
    size_t at = 0;
    while (at < lines->length && (lines->line[at] == ' ' || lines->line[at] == '\t'))
        at++;
    if (lines->length - at < 5 || !strchr("-*+", lines->line[at]) || lines->line[at + 1] != ' ')
        return 0;
    at += 2;
    return lines->line[at] == '[' && lines->line[at + 2] == ']' ? lines->line[at + 1] : 0;
}

static bool is_heading(const struct lines *lines)
{
    size_t level = 0;
    while (level < lines->length && lines->line[level] == '#')
        level++;
    return level > 0 && level <= 2 && (level == lines->length || lines->line[level] == ' ');
}

/* Items under the heading; ticked is what has an x, and nothing else. */
static void count_items(struct lines *lines, struct audits_last *last, size_t promised)
{
    size_t ticked = 0;
    for (bool is_within = false; next_line(lines);) {
        if (is_heading(lines))
            is_within = is_line(lines, AUDITS_OPEN_HEADING);
        char box = is_within ? box_of(lines) : 0;
        if (box == 'x' || box == 'X')
            ticked++;
        else if (box && !last->open++)
            last->line = lines->number;
    }
    if (ticked + last->open < promised)
        last->open = promised - ticked;
}

struct audits_last *audits_parse(TALLOC_CTX *owner, const char *file, const char *date, const char *text)
{
    struct audits_last *last = talloc_zero(owner, struct audits_last);
    if (!last)
        abort();
    last->exists = true;
    last->file = talloc_strdup(last, file);
    last->date = talloc_strndup(last, date, DATE_BYTES);
    if (!read_date(date, &last->day))
        last->problem = "its name is no date";
    struct lines lines = {.at = strncmp(text, "\xEF\xBB\xBF", 3) ? text : text + 3};
    int64_t day = 0;
    size_t promised = 0;
    bool has_day = false, has_open = false;
    if (!read_head(&lines, &day, &has_day, &promised, &has_open) || !has_day || !has_open)
        last->problem = "it has no head that says date and open";
    else if (day != last->day)
        last->problem = "its head has another date than its name";
    count_items(&lines, last, promised);
    return last;
}

/* ---- the folder ---- */

static struct audits_last *none(TALLOC_CTX *owner)
{
    struct audits_last *last = talloc_zero(owner, struct audits_last);
    if (!last)
        abort();
    return last;
}

static struct audits_last *read_file(TALLOC_CTX *owner, int folder, const char *shown, const char *name)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct error *error = error_new(memory);
    const char *file = talloc_asprintf(memory, "%s/%s", shown, name);
    char *bytes = NULL;
    size_t size_bytes;
    bool ok = disk_read(memory, folder, name, file, SIZE_MOST, &bytes, &size_bytes, error);
    struct audits_last *last = audits_parse(owner, file, name, ok ? bytes : "");
    if (!ok)
        last->problem = talloc_strdup(last, error->message);
    else if (strlen(bytes) != size_bytes)
        last->problem = "it is no text";
    talloc_free(memory);
    return last;
}

struct audits_last *audits_read_last(TALLOC_CTX *owner, const struct settings *settings, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *shown = settings_text(settings, SETTING_audits);
    DIR *folder = opendir(settings_path(memory, settings, SETTING_audits));
    struct audits_last *last = NULL;
    if (folder) {
        char *name = find_last(memory, folder);
        last = name ? read_file(owner, dirfd(folder), shown, name) : none(owner);
        closedir(folder);
    } else if (errno == ENOENT) {
        last = none(owner);
    } else {
        error_set(error, ERROR_FILE, "the folder of the reviews \"%s\" cannot be read: %s", shown, strerror(errno));
        error_hint(error, "The setting audits says where it is.");
    }
    talloc_free(memory);
    return last;
}

bool audits_write(TALLOC_CTX *owner, const struct settings *settings, const char *date, const char *text,
                  const char **file, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *folder = settings_path(memory, settings, SETTING_audits);
    bool ok = disk_make_folders(folder, error), is_free = false;
    for (int number = 1; ok && !is_free && number <= OF_A_DAY_MOST; number++) {
        const char *suffix = number > 1 ? talloc_asprintf(memory, "-%d", number) : "";
        const char *path = talloc_asprintf(memory, "%s/%s%s.md", folder, date, suffix);
        const char *shown =
            talloc_asprintf(memory, "%s/%s%s.md", settings_text(settings, SETTING_audits), date, suffix);
        struct stat facts;
        if (lstat(path, &facts) == 0)
            continue;
        is_free = disk_create(path, shown, text, strlen(text), error);
        ok = is_free || lstat(path, &facts) == 0; /* another review may have been faster */
        if (is_free)
            *file = talloc_strdup(owner, shown);
        else if (ok)
            error_clear(error);
    }
    talloc_free(memory);
    if (ok && !is_free)
        return error_set(error, ERROR_FILE, "there are %d reviews of %s already", OF_A_DAY_MOST, date);
    return ok;
}
