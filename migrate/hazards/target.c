/* What the target has now: sizes, rates, who uses what; and words for it. */
#include "migrate/hazard.h"
#include "store/result.h"

extern const char sql_hazard_sizes[];

bool hazard_read_sizes(TALLOC_CTX *owner, struct connection *connection, struct hazard_sizes *sizes,
                       struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct hazard_size, relation), COLUMN(struct hazard_size, bytes),   COLUMN(struct hazard_size, rows),
        COLUMN(struct hazard_size, writes),   COLUMN(struct hazard_size, since),   COLUMN(struct hazard_size, seconds),
        COLUMN(struct hazard_size, is_reset), COLUMN(struct hazard_size, readers), COLUMN(struct hazard_size, writers),
        COLUMN(struct hazard_size, waiting),
    };
    struct result *result = connection_query(owner, connection, NO_PARAMETERS, error, sql_hazard_sizes);
    if (!result)
        return false;
    struct hazard_sizes read = {.server_version = connection_server_version(connection)};
    read.items = result_bind(result, columns, countof(columns), sizeof *read.items, &read.count, error);
    if (read.items)
        *sizes = read;
    return read.items != NULL;
}

double hazard_write_rate(const struct hazard_size *size)
{
    if (!size->since || size->writes == INTEGER_NULL || size->seconds <= 0)
        return -1;
    return (double)size->writes / (double)size->seconds;
}

char *hazard_size_words(TALLOC_CTX *owner, const struct hazard_size *size)
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    size_t unit = 0;
    int64_t bytes = size->bytes;
    while (bytes >= 10240 && unit + 1 < countof(units)) {
        bytes /= 1024;
        unit++;
    }
    if (size->rows == INTEGER_NULL)
        return talloc_asprintf(owner, "about %lld %s, how many rows is not known: it was never analyzed",
                               (long long)bytes, units[unit]);
    if (!size->bytes && !size->rows)
        return talloc_strdup(owner, "empty");
    return talloc_asprintf(owner, "about %lld %s, %lld rows", (long long)bytes, units[unit], (long long)size->rows);
}

static char *rate_words(TALLOC_CTX *owner, const struct hazard_size *size)
{
    double rate = hazard_write_rate(size);
    const char *since =
        talloc_asprintf(owner, "since %s%s", size->is_reset ? "" : "the server's start on ", size->since);
    const char *most = size->is_reset ? "" : "at most ";
    if (rate < 0)
        return talloc_strdup(owner, "nobody counts its writes (track_counts)");
    if (size->writes == 0)
        return talloc_asprintf(owner, "no writes %s", since);
    if (rate < 1)
        return talloc_asprintf(owner, "%sabout %.0f writes/h %s", most, rate * 3600 < 1 ? 1 : rate * 3600, since);
    return talloc_asprintf(owner, "%sabout %.0f writes/s %s", most, rate, since);
}

char *hazard_use_words(TALLOC_CTX *owner, const struct hazard_size *size)
{
    if (!size->since)
        return talloc_strdup(owner, "");
    char *text = rate_words(owner, size);
    long long count = (long long)(size->readers + size->writers), waiting = (long long)size->waiting;
    if (!count && !waiting)
        return talloc_asprintf_append_buffer(text, "; nobody uses it now");
    text = talloc_asprintf_append_buffer(text, "; in use by %lld session%s now", count, count == 1 ? "" : "s");
    if (size->writers)
        text = talloc_asprintf_append_buffer(text, ", %lld of them writing", (long long)size->writers);
    return waiting ? talloc_asprintf_append_buffer(text, ", %lld waiting", waiting) : text;
}
