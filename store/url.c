/* See url.h. */
#include "store/url.h"

#include "store/conninfo.h"

#define DEFAULT_PORT "5432" /* libpq's, and every driver's */

#define UNRESERVED "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"

static char *encode(TALLOC_CTX *owner, const char *text, const char *plain)
{
    char *encoded = talloc_strdup(owner, "");
    for (; *text; text++)
        encoded = talloc_asprintf_append_buffer(encoded, strchr(plain, *text) ? "%c" : "%%%02X", (unsigned char)*text);
    return encoded;
}

char *url_encode(TALLOC_CTX *owner, const char *text) { return encode(owner, text, UNRESERVED "/"); }

/* Of what stands in front of the host, or of the path: a slash would end it. */
static char *encode_part(TALLOC_CTX *owner, const char *text) { return encode(owner, text, UNRESERVED); }

static const char *keyword(const struct target *target, const char *name)
{
    return conninfo_get(target->keywords, target->values, name);
}

static void add_parameter(char **url, const char *name, const char *value)
{
    char *encoded = url_encode(NULL, value);
    *url = talloc_asprintf_append_buffer(*url, "%c%s=%s", strchr(*url, '?') ? '&' : '?', name, encoded);
    talloc_free(encoded);
}

/* A socket's folder, several hosts and addresses of IPv6 stand nowhere but in a parameter. */
static bool is_plain_host(const char *host) { return host && *host && !strpbrk(host, "/@,:"); }

static void add_authority(char **url, const struct target *target)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *user = keyword(target, "user"), *password = keyword(target, "password");
    const char *host = keyword(target, "host"), *port = keyword(target, "port");
    if (user)
        *url = talloc_asprintf_append_buffer(*url, "%s", encode_part(memory, user));
    if (password)
        *url = talloc_asprintf_append_buffer(*url, ":%s", encode_part(memory, password));
    if (user || password)
        *url = talloc_strdup_append_buffer(*url, "@");
    if (is_plain_host(host))
        *url = talloc_asprintf_append_buffer(*url, "%s%s%s", host, port ? ":" : "", port ? port : "");
    talloc_free(memory);
}

/* The port of a socket is left out where it is the usual one: some drivers take it as a text, and stumble. */
static bool is_elsewhere(const struct target *target, const char *name, const char *value)
{
    static const char *const places[] = {"user", "password", "dbname", "options", "application_name"};
    bool is_plain = is_plain_host(keyword(target, "host"));
    for (size_t i = 0; i < countof(places); i++)
        if (!strcmp(places[i], name))
            return true;
    if (!strcmp(name, "port"))
        return is_plain || !strcmp(value, DEFAULT_PORT);
    return !strcmp(name, "host") && is_plain;
}

char *url_of_target(TALLOC_CTX *owner, const struct target *target, const char *scheme)
{
    char *url = talloc_asprintf(owner, "%s://", scheme);
    add_authority(&url, target);
    const char *database = keyword(target, "dbname");
    char *encoded = encode_part(NULL, database ? database : "");
    url = talloc_asprintf_append_buffer(url, "/%s", encoded);
    talloc_free(encoded);
    for (size_t i = 0; target->keywords[i]; i++)
        if (!is_elsewhere(target, target->keywords[i], target->values[i]))
            add_parameter(&url, target->keywords[i], target->values[i]);
    return url;
}
