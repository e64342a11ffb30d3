/* See conninfo.h. The checks walk the string as libpq 15's conninfo_uri_parse_options and conninfo_parse do. */
#include "store/conninfo.h"

#include <ctype.h>
#include <libpq-fe.h>
#include <strings.h>

#include "store/suggest.h"
#include "store/text.h"

struct parser {
    TALLOC_CTX *scratch;
    struct conninfo *info;
    const char *const *known; /* libpq's keywords */
    bool has_driver;          /* the scheme was postgresql+driver:// */
    struct error *error;
};

static bool refuse(struct parser *parser, const char *message, const char *hint)
{
    error_set(parser->error, ERROR_USAGE, "%s", message);
    return error_hint(parser->error, "%s", hint);
}

/* Length of the scheme in front of "://", or 0 where the text does not begin with one. */
static size_t scheme_length(const char *text)
{
    size_t length = 0;
    while (isalnum((unsigned char)text[length]) || (text[length] && strchr("+.-_:", text[length])))
        length++;
    while (length > 0 && text[length - 1] == ':')
        length--;
    return isalpha((unsigned char)text[0]) && !strncmp(text + length, "://", 3) ? length : 0;
}

bool conninfo_is_string(const char *text) { return strchr(text, '=') || strstr(text, "://"); }

const char *conninfo_get(const char *const *keywords, const char *const *values, const char *keyword)
{
    for (size_t i = 0; keywords && keywords[i]; i++)
        if (!strcmp(keywords[i], keyword))
            return values[i];
    return NULL;
}

struct conninfo_defaults *conninfo_defaults(TALLOC_CTX *owner)
{
    struct conninfo_defaults *defaults = talloc_zero(owner, struct conninfo_defaults);
    *defaults = (struct conninfo_defaults){"", "", "", "", ""};
    const struct {
        const char *keyword, **value;
    } wanted[] = {{"host", &defaults->host},
                  {"port", &defaults->port},
                  {"dbname", &defaults->database},
                  {"user", &defaults->user},
                  {"password", &defaults->password}};
    PQconninfoOption *options = PQconndefaults();
    for (PQconninfoOption *option = options; option && option->keyword; option++)
        for (size_t i = 0; i < countof(wanted); i++)
            if (!strcmp(wanted[i].keyword, option->keyword) && option->val)
                *wanted[i].value = talloc_strdup(defaults, option->val);
    PQconninfoFree(options);
    return defaults;
}

static const char *const *known_keywords(TALLOC_CTX *owner)
{
    size_t count = 0;
    PQconninfoOption *options = PQconndefaults();
    while (options && options[count].keyword)
        count++;
    const char **known = talloc_zero_size(owner, (count + 1) * sizeof *known);
    for (size_t i = 0; i < count; i++)
        known[i] = talloc_strdup(known, options[i].keyword);
    PQconninfoFree(options);
    return known;
}

static bool is_known(const struct parser *parser, const char *keyword)
{
    for (const char *const *known = parser->known; *known; known++)
        if (!strcmp(*known, keyword))
            return true;
    return false;
}

static void add_notice(struct parser *parser, const char *parameter, const char *reason)
{
    struct conninfo *info = parser->info;
    bool is_name = strlen(parameter) <= 63;
    for (const char *c = parameter; *c; c++)
        is_name = is_name && (isalnum((unsigned char)*c) || strchr("_.-", *c));
    info->notices = talloc_realloc_size(info, info->notices, (info->notice_count + 2) * sizeof *info->notices);
    info->notices[info->notice_count++] =
        is_name ? talloc_asprintf(info, "the connection string's parameter \"%s\" %s", parameter, reason)
                : talloc_asprintf(info, "a parameter of the connection string %s", reason);
    info->notices[info->notice_count] = NULL;
}

static bool check_characters(struct parser *parser, const char *text)
{
    if (text_first_invalid(text, strlen(text)) >= 0)
        return refuse(parser, "the connection string is not valid UTF-8", "Write other bytes as %XX in a URI.");
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            return refuse(parser, "the connection string holds a control character",
                          "Look for a line break or a tab in it.");
    return true;
}

static bool check_percent(struct parser *parser, const char *text)
{
    for (const char *sign = strchr(text, '%'); sign; sign = strchr(sign + 1, '%'))
        if (!isxdigit((unsigned char)sign[1]) || !isxdigit((unsigned char)sign[2]) ||
            (sign[1] == '0' && sign[2] == '0'))
            return refuse(parser, "a % in the connection string is not followed by two hexadecimal digits",
                          "Write a % of a password as %25.");
    return true;
}

/* From behind the credentials to the end of the hosts; *end is there. */
static bool check_hosts(struct parser *parser, const char *hosts, const char **end)
{
    static const char at_hint[] = "Write an @ of a user name or password as %40, a / as %2F, a : as %3A.";
    const char *here = hosts;
    for (;; here++) {
        if (*here == '[') {
            here += strcspn(here, "]/?");
            if (*here != ']')
                return refuse(parser, "a [ in the connection string's host is not closed",
                              "Write an IPv6 address as [::1].");
            here++;
        }
        here += strcspn(here, ":/?,@");
        size_t port = *here == ':' ? strcspn(here + 1, "/?,@") : 0;
        if (here[*here == ':' ? port + 1 : 0] == '@')
            return refuse(parser, "the connection string has an @ too many", at_hint);
        if (*here == ':') {
            if (strspn(here + 1, "0123456789") != port)
                return refuse(parser, "the port in the connection string is not a number", at_hint);
            here += 1 + port;
        }
        if (*here != ',')
            break;
    }
    *end = here;
    size_t path = strcspn(here, "?");
    if (memchr(here, '@', path))
        return refuse(parser, "the connection string has an @ behind its host", at_hint);
    return true;
}

static char *decode(TALLOC_CTX *owner, const char *text, size_t length)
{
    char *out = talloc_size(owner, length + 1);
    size_t size = 0;
    for (size_t i = 0; i < length; i++) {
        char letter = text[i];
        if (letter == '%') {
            letter = (char)strtol((char[]){text[i + 1], text[i + 2], '\0'}, NULL, 16);
            i += 2;
        }
        out[size++] = letter;
    }
    out[size] = '\0';
    return out;
}

/* asyncpg's and JDBC's ssl=..., in libpq's words; NULL where the meaning is not clear. */
static const char *sslmode_of(const char *value)
{
    static const struct {
        const char *value, *mode;
    } modes[] = {
        {"true", "require"},  {"1", "require"},     {"on", "require"},          {"require", "require"},
        {"false", "disable"}, {"0", "disable"},     {"off", "disable"},         {"disable", "disable"},
        {"allow", "allow"},   {"prefer", "prefer"}, {"verify-ca", "verify-ca"}, {"verify-full", "verify-full"},
    };
    for (size_t i = 0; i < countof(modes); i++)
        if (!strcasecmp(modes[i].value, value))
            return modes[i].mode;
    return NULL;
}

/* A parameter that libpq does not know: asyncpg's, Prisma's ... Where it may be a slip of the pen for one that
 * libpq knows it is refused, for sslmod=require must not pass for nothing. */
static bool drop_parameter(struct parser *parser, const char *key)
{
    const char *nearest = suggest_nearest(key, parser->known);
    if (nearest && !parser->has_driver && suggest_distance(key, nearest) <= 2) {
        error_set(parser->error, ERROR_USAGE, "the connection string has a parameter that libpq does not know");
        return error_hint(parser->error, "Did you mean %s?", nearest);
    }
    add_notice(parser, key, "is not libpq's and was dropped");
    return true;
}

/* One KEY=VALUE of the query; appended to *query in libpq's form. */
static bool read_parameter(struct parser *parser, const char *text, size_t length, char **query, bool has_sslmode)
{
    const char *sign = memchr(text, '=', length);
    if (!sign)
        return refuse(parser,
                      "a parameter of the connection string has no =", "Write parameters as ?NAME=VALUE&NAME=VALUE.");
    const char *key = decode(parser->scratch, text, (size_t)(sign - text));
    size_t value_length = length - (size_t)(sign + 1 - text);
    const char *separator = **query ? "&" : "?";
    if (is_known(parser, key)) {
        if (memchr(sign + 1, '=', value_length))
            return refuse(parser,
                          "a parameter of the connection string has a second =", "Write an = of a value as %3D.");
        *query = talloc_asprintf_append(*query, "%s%.*s", separator, (int)length, text);
        return true;
    }
    if (strcmp(key, "ssl") != 0)
        return drop_parameter(parser, key);
    const char *mode = sslmode_of(decode(parser->scratch, sign + 1, value_length));
    if (has_sslmode)
        add_notice(parser, key, "was dropped: there is an sslmode");
    else if (mode)
        *query = talloc_asprintf_append(*query, "%ssslmode=%s", separator, mode);
    else
        add_notice(parser, key, "has a value that is no sslmode and was dropped");
    return true;
}

static char *read_query(struct parser *parser, const char *text)
{
    char *query = talloc_strdup(parser->scratch, "");
    bool has_sslmode = !strncmp(text, "sslmode=", 8) || strstr(text, "&sslmode=");
    while (*text) {
        size_t length = strcspn(text, "&");
        if (length > 0 && !read_parameter(parser, text, length, &query, has_sslmode))
            return NULL;
        text += length + (text[length] == '&');
    }
    return query;
}

/* postgres, postgresql, or either with +driver. */
static bool check_scheme(struct parser *parser, const char *text, size_t length)
{
    size_t base = strcspn(text, "+:");
    parser->has_driver = base < length && text[base] == '+';
    bool is_ours =
        (base == 8 && !strncasecmp(text, "postgres", 8)) || (base == 10 && !strncasecmp(text, "postgresql", 10));
    if (is_ours && (base == length || (parser->has_driver && base + 1 < length && !memchr(text, ':', length))))
        return true;
    error_set(parser->error, ERROR_USAGE, "the scheme %.*s:// is not PostgreSQL's", length > 40 ? 40 : (int)length,
              text);
    return error_hint(parser->error, "Write postgresql://USER@HOST:PORT/DATABASE.");
}

/* The URI as libpq takes it, or NULL. */
static const char *normalise_uri(struct parser *parser, const char *text)
{
    size_t scheme = scheme_length(text);
    if (!check_scheme(parser, text, scheme) || !check_percent(parser, text))
        return NULL;
    const char *rest = text + scheme + 3, *end = rest;
    size_t user = strcspn(rest, "@/");
    if (!check_hosts(parser, rest[user] == '@' ? rest + user + 1 : rest, &end))
        return NULL;
    size_t before_query = (size_t)(end - rest) + strcspn(end, "?");
    const char *query = read_query(parser, rest + before_query + (rest[before_query] == '?'));
    return query ? talloc_asprintf(parser->scratch, "postgresql://%.*s%s", (int)before_query, rest, query) : NULL;
}

/* Says what is wrong with a key=value string that libpq refused. Returns false. */
static bool explain(struct parser *parser, const char *text)
{
    while (*(text += strspn(text, " "))) {
        size_t length = strcspn(text, " =");
        char *keyword = talloc_strndup(parser->scratch, text, length);
        text += length + strspn(text + length, " ");
        if (*text != '=')
            return refuse(parser, "a word of the connection string is not followed by =",
                          "Put a value with spaces in single quotes: password='a b'.");
        if (!is_known(parser, keyword)) {
            const char *nearest = suggest_nearest(keyword, parser->known);
            refuse(parser, "the connection string has a keyword that libpq does not know",
                   "Write it as host=HOST dbname=DATABASE, values with spaces in single quotes.");
            return nearest ? error_hint(parser->error, "Did you mean %s?", nearest) : false;
        }
        text++;
        text += strspn(text, " ");
        bool is_quoted = *text == '\'';
        for (text += is_quoted; *text && *text != (is_quoted ? '\'' : ' '); text++)
            if (*text == '\\' && text[1])
                text++;
        if (is_quoted && !*text)
            return refuse(parser, "a quote in the connection string is not closed", "Write a ' of a value as \\'.");
        text += is_quoted;
    }
    return refuse(parser, "the connection string cannot be read", "Write it as host=HOST dbname=DATABASE.");
}

static void take_options(struct parser *parser, const PQconninfoOption *options)
{
    struct conninfo *info = parser->info;
    size_t room = 1;
    for (const PQconninfoOption *option = options; option->keyword; option++)
        room++;
    info->keywords = talloc_zero_size(info, room * sizeof *info->keywords);
    info->values = talloc_zero_size(info, room * sizeof *info->values);
    for (const PQconninfoOption *option = options; option->keyword; option++) {
        if (!option->val || !option->val[0])
            continue; /* libpq takes an empty value for none */
        info->keywords[info->count] = talloc_strdup(info, option->keyword);
        info->values[info->count++] = talloc_strdup(info, option->val);
    }
}

/* What libpq would only find, and quote, when it connects; a part of a password may have slipped in here. */
static bool check_values(struct parser *parser)
{
    const char *const *keywords = parser->info->keywords, *const *values = parser->info->values;
    const char *host = conninfo_get(keywords, values, "host"), *port = conninfo_get(keywords, values, "port");
    const char *database = conninfo_get(keywords, values, "dbname");
    for (const char *at = host ? strchr(host, '@') : NULL; at; at = strchr(at + 1, '@'))
        if (at > host && at[-1] != ',') /* at the start of a host it is an abstract socket */
            return refuse(parser, "the connection string's host has an @ in it",
                          "Write an @ of a user name or password as %40 in a URI.");
    while (port && *port) {
        size_t length = strcspn(port, ",");
        long number = strtol(port, NULL, 10);
        bool is_number = strspn(port, "0123456789") == length && (length == 0 || (number >= 1 && number <= 65535));
        if (!is_number)
            return refuse(parser, "the connection string's port is not a number from 1 to 65535",
                          "PostgreSQL's own is 5432.");
        port += length + (port[length] == ',');
    }
    if (database && strstr(database, "://"))
        return refuse(parser, "the connection string's dbname is a URI", "Give the URI alone.");
    return true;
}

static bool parse(struct parser *parser, const char *text)
{
    if (!check_characters(parser, text))
        return false;
    bool is_uri = scheme_length(text) > 0;
    const char *normal = is_uri ? normalise_uri(parser, text) : text;
    if (!normal)
        return false;
    char *ignored = NULL;
    PQconninfoOption *options = PQconninfoParse(normal, &ignored);
    PQfreemem(ignored);
    if (!options && is_uri)
        return refuse(parser, "the connection string cannot be read", "Write postgresql://USER@HOST:PORT/DATABASE.");
    if (!options)
        return explain(parser, text);
    take_options(parser, options);
    PQconninfoFree(options);
    return check_values(parser);
}

struct conninfo *conninfo_parse(TALLOC_CTX *owner, const char *text, struct error *error)
{
    struct conninfo *info = talloc_zero(owner, struct conninfo);
    TALLOC_CTX *scratch = talloc_new(info);
    info->notices = talloc_zero_size(info, sizeof *info->notices);
    struct parser parser = {.scratch = scratch, .info = info, .known = known_keywords(scratch), .error = error};
    /* A line break at the end comes from a file, not from a person. */
    size_t length = strlen(text);
    while (length > 0 && strchr("\r\n", text[length - 1]))
        length--;
    bool is_parsed = parse(&parser, talloc_strndup(scratch, text, length));
    talloc_free(scratch);
    if (is_parsed)
        return info;
    talloc_free(info);
    return NULL;
}
