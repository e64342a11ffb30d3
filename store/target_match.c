/* See target_match.h. */
#include "store/target_match.h"

#include <arpa/inet.h>
#include <ctype.h>

#include "store/conninfo.h"

static const char *keyword(const struct target *target, const char *name)
{
    return conninfo_get(target->keywords, target->values, name);
}

/* A host in the one form that can be compared. Sockets in the usual folders are libpq's default, which it does not
 * tell. */
static char *canonical_host(TALLOC_CTX *owner, const char *host, size_t length)
{
    char *name = talloc_strndup(owner, host, length);
    bool is_folder = name[0] == '/';
    while (length > 1 && name[length - 1] == (is_folder ? '/' : '.'))
        name[--length] = '\0';
    for (char *c = name; *c && !is_folder; c++)
        *c = (char)tolower((unsigned char)*c);
    struct in_addr four;
    struct in6_addr six;
    if (!strcmp(name, "/tmp") || !strcmp(name, "/run/postgresql") || !strcmp(name, "/var/run/postgresql"))
        return talloc_strdup(owner, "");
    if (inet_pton(AF_INET6, name, &six) == 1) {
        char text[INET6_ADDRSTRLEN];
        if (!IN6_IS_ADDR_V4MAPPED(&six))
            return talloc_strdup(owner, IN6_IS_ADDR_LOOPBACK(&six) ? "localhost"
                                                                   : inet_ntop(AF_INET6, &six, text, sizeof text));
        memcpy(&four, six.s6_addr + 12, sizeof four);
    } else if (!inet_aton(name, &four)) {
        return name;
    }
    char text[INET_ADDRSTRLEN];
    bool is_loopback = ntohl(four.s_addr) >> 24 == 127;
    return talloc_strdup(owner, is_loopback ? "localhost" : inet_ntop(AF_INET, &four, text, sizeof text));
}

/* The element of a comma-separated list; the only one stands for all. */
static const char *element(const char *list, size_t index, size_t *length)
{
    if (!strchr(list, ','))
        index = 0;
    for (; index > 0 && *list; index--) {
        list += strcspn(list, ",");
        list += *list == ',';
    }
    *length = strcspn(list, ",");
    return list;
}

static size_t count_elements(const char *list)
{
    size_t count = 1;
    for (; *list; list++)
        count += *list == ',';
    return count;
}

/* Every place that a target may lead to, as "host port"; host and hostaddr count both. NULL-terminated. */
static const char *const *places(TALLOC_CTX *owner, const struct target *target)
{
    const char *host = keyword(target, "host"), *address = keyword(target, "hostaddr");
    const char *const lists[] = {host || address ? host : target->host, address};
    size_t room = 1, count = 0;
    for (size_t i = 0; i < countof(lists); i++)
        room += lists[i] ? count_elements(lists[i]) : 0;
    const char **found = talloc_zero_size(owner, room * sizeof *found);
    for (size_t i = 0; i < countof(lists); i++) {
        for (size_t k = 0; lists[i] && k < count_elements(lists[i]); k++) {
            size_t host_length, port_length;
            const char *name = element(lists[i], k, &host_length), *port = element(target->port, k, &port_length);
            long number = port_length ? strtol(port, NULL, 10) : 5432;
            found[count++] = talloc_asprintf(found, "%s %ld", canonical_host(found, name, host_length), number);
        }
    }
    return found;
}

bool target_match(const struct target *a, const struct target *b)
{
    const char *service_a = keyword(a, "service"), *service_b = keyword(b, "service");
    bool is_same_service = service_a && service_b && !strcmp(service_a, service_b);
    bool is_same_name = !strcmp(a->database, b->database) || (is_same_service && (!a->database[0] || !b->database[0]));
    if (!is_same_name)
        return false;
    if (is_same_service && (!a->host[0] || !b->host[0]))
        return true;
    if ((service_a && !a->host[0]) || (service_b && !b->host[0]))
        return false;
    TALLOC_CTX *scratch = talloc_new(NULL);
    const char *const *places_a = places(scratch, a), *const *places_b = places(scratch, b);
    bool is_same = false;
    for (size_t i = 0; places_a[i]; i++)
        for (size_t k = 0; places_b[k]; k++)
            is_same = is_same || !strcmp(places_a[i], places_b[k]);
    talloc_free(scratch);
    return is_same;
}
