/* Secrets by their place in a line: .pgpass, .netrc, curl -u. See scan.h. */
#include <ctype.h>
#include <strings.h>

#include "migrate/secrets/scan.h"

/* host:port:database:user:password; a backslash takes the meaning of what follows. */
static void look_at_pgpass(struct scan *scan, struct scan_value line)
{
    const char *at = line.start, *user = NULL;
    int field = 0;
    if (at == line.end || *at == '#')
        return;
    for (; at < line.end && field < 4; at++) {
        if (*at == '\\' && at + 1 < line.end) {
            at++;
        } else if (*at == ':') {
            field++;
            user = field == 3 ? at + 1 : user;
        }
    }
    const struct scan_value password = {at, line.end};
    if (field == 4 && value_is_secret(scan, password, (struct scan_value){user, at - 1}))
        scan_add(scan, password, "a line of .pgpass holds a password", (struct scan_value){0});
}

static const char *word_end(const char *at, const char *end)
{
    while (at < end && !isspace((unsigned char)*at) && !strchr("\"'`", *at))
        at++;
    return at;
}

/* "machine h login u password p". */
static void look_at_netrc(struct scan *scan, struct scan_value line)
{
    static const char key[] = "password";
    const char *found = memmem(line.start, (size_t)(line.end - line.start), key, strlen(key));
    if (!found)
        return;
    const char *at = found + strlen(key);
    while (at < line.end && isspace((unsigned char)*at))
        at++;
    const struct scan_value password = {at, word_end(at, line.end)};
    if (value_is_secret(scan, password, (struct scan_value){0}))
        scan_add(scan, password, "a line of .netrc holds a password", (struct scan_value){0});
}

/* "curl -u user:password". */
static void look_at_user_option(struct scan *scan, struct scan_value line)
{
    static const char *const options[] = {" -u ", " --user ", " --user="};
    if (!value_holds(line, "curl "))
        return;
    for (size_t i = 0; i < countof(options); i++) {
        const char *at = memmem(line.start, (size_t)(line.end - line.start), options[i], strlen(options[i]));
        if (!at)
            continue;
        at += strlen(options[i]);
        at += at < line.end && strchr("\"'", *at) ? 1 : 0;
        const char *end = word_end(at, line.end), *colon = memchr(at, ':', (size_t)(end - at));
        if (colon && value_is_secret(scan, (struct scan_value){colon + 1, end}, (struct scan_value){at, colon}))
            scan_add(scan, (struct scan_value){colon + 1, end}, "an option of curl holds a password",
                     (struct scan_value){0});
    }
}

void scan_fields(struct scan *scan)
{
    for (const char *at = scan->text; at < scan->end;) {
        const struct scan_value line = scan_line(scan, at);
        if (scan->kind == SCAN_PGPASS)
            look_at_pgpass(scan, line);
        else if (scan->kind == SCAN_NETRC)
            look_at_netrc(scan, line);
        else
            look_at_user_option(scan, line);
        at = line.end + 1;
    }
}
