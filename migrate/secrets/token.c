/* What is a secret by its shape alone: keys, tokens of well-known services, stored verifiers. See scan.h. */
#include <ctype.h>
#include <strings.h>

#include "migrate/secrets/scan.h"

enum { KEY_LOOK_BYTES = 600, KEY_RUN_BYTES = 40, TITLE_BYTES = 60 };

static const char alnum[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
static const char hex[] = "0123456789abcdefABCDEF";
static const char base64[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=";
static const char hash[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./$=,+:";
static const char path[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/";

/* Text that begins so and goes on for `least` to `most` bytes of the set, at least one of them a digit. */
static const struct {
    const char *prefix, *set;
    size_t least, most;
    const char *message;
} shapes[] = {
    {"AKIA", upper, 16, 16, "a key of AWS stands here"},
    {"ASIA", upper, 16, 16, "a key of AWS stands here"},
    {"ghp_", alnum, 36, 255, "a token of GitHub stands here"},
    {"gho_", alnum, 36, 255, "a token of GitHub stands here"},
    {"ghu_", alnum, 36, 255, "a token of GitHub stands here"},
    {"ghs_", alnum, 36, 255, "a token of GitHub stands here"},
    {"ghr_", alnum, 36, 255, "a token of GitHub stands here"},
    {"github_pat_", word, 22, 255, "a token of GitHub stands here"},
    {"glpat-", word, 20, 255, "a token of GitLab stands here"},
    {"sk-", word, 20, 255, "an API key (sk-...) stands here"},
    {"sk_live_", alnum, 16, 255, "an API key of Stripe stands here"},
    {"sk_test_", alnum, 16, 255, "an API key of Stripe stands here"},
    {"rk_live_", alnum, 16, 255, "an API key of Stripe stands here"},
    {"whsec_", alnum, 16, 255, "a webhook secret stands here"},
    {"xoxb-", word, 10, 255, "a token of Slack stands here"},
    {"xoxp-", word, 10, 255, "a token of Slack stands here"},
    {"xoxa-", word, 10, 255, "a token of Slack stands here"},
    {"xoxr-", word, 10, 255, "a token of Slack stands here"},
    {"xoxs-", word, 10, 255, "a token of Slack stands here"},
    {"xapp-", word, 10, 255, "a token of Slack stands here"},
    {"hooks.slack.com/services/", path, 20, 255, "a webhook of Slack stands here"},
    {"AIza", word, 35, 35, "an API key of Google stands here"},
    {"ya29.", word, 20, 4096, "a token of Google stands here"},
    {"npm_", alnum, 36, 36, "a token of npm stands here"},
    {"pypi-AgEI", word, 30, 4096, "a token of PyPI stands here"},
    {"hf_", alnum, 30, 60, "a token of Hugging Face stands here"},
    {"dop_v1_", hex, 64, 64, "a token of DigitalOcean stands here"},
    {"SG.", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.", 60, 80,
     "a key of SendGrid stands here"},
    {"AGE-SECRET-KEY-1", upper, 50, 70, "a private key of age stands here"},
    {"SCRAM-SHA-256$", hash, 40, 400, "a stored verifier of a password stands here"},
    {"$2a$", hash, 50, 60, "a stored verifier of a password stands here"},
    {"$2b$", hash, 50, 60, "a stored verifier of a password stands here"},
    {"$2y$", hash, 50, 60, "a stored verifier of a password stands here"},
    {"$argon2", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./$=,+", 40, 400,
     "a stored verifier of a password stands here"},
    {"pbkdf2_sha256$", hash, 40, 400, "a stored verifier of a password stands here"},
    {"Bearer ", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~+/=-", 20, 4096,
     "a bearer token stands here"},
    {"Authorization: Basic ", base64, 10, 1000, "the credentials of a request stand here"},
};

static bool is_name_byte(char c) { return isalnum((unsigned char)c) || c == '_' || c == '-'; }

static size_t run_of(const struct scan *scan, const char *at, const char *set, size_t most)
{
    size_t size = 0;
    while (at + size < scan->end && size <= most && at[size] && strchr(set, at[size]))
        size++;
    return size;
}

static bool holds_digit(const char *at, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (isdigit((unsigned char)at[i]))
            return true;
    return false;
}

static void look_at_shapes(struct scan *scan, const char *at)
{
    for (size_t i = 0; i < countof(shapes); i++) {
        size_t length = strlen(shapes[i].prefix);
        if (*at != shapes[i].prefix[0] || (size_t)(scan->end - at) < length ||
            strncmp(at, shapes[i].prefix, length) != 0)
            continue;
        size_t size = run_of(scan, at + length, shapes[i].set, shapes[i].most);
        const struct scan_value value = {at + length, at + length + size}, whole = {at, at + length + size};
        if (size >= shapes[i].least && size <= shapes[i].most && holds_digit(value.start, size) &&
            value_is_secret(scan, value, (struct scan_value){0}))
            scan_add(scan, whole, shapes[i].message, (struct scan_value){0});
    }
}

/* Header, claims and signature, each in base64, between full stops. */
static void look_at_jwt(struct scan *scan, const char *at)
{
    const char *part = at;
    if (scan->end - at < 30 || strncmp(at, "eyJ", 3) != 0)
        return;
    for (int i = 0; i < 3; i++) {
        size_t size = run_of(scan, part, word, 65536);
        if (size < 10 || (i < 2 && (part + size >= scan->end || part[size] != '.')))
            return;
        part += size + (i < 2 ? 1 : 0);
    }
    scan_add(scan, (struct scan_value){at, part}, "a JSON web token stands here", (struct scan_value){0});
}

/* md5 and 32 digits, in quotes: how PostgreSQL stored passwords. */
static void look_at_md5(struct scan *scan, const char *at)
{
    if (scan->end - at < 36 || strncmp(at, "md5", 3) != 0 || at == scan->text || !strchr("'\"", at[-1]))
        return;
    const char *end = at + 3 + run_of(scan, at + 3, hex, 33);
    if (end - at == 35 && end < scan->end && *end == at[-1])
        scan_add(scan, (struct scan_value){at, end}, "a stored verifier of a password stands here",
                 (struct scan_value){0});
}

/* The header of a key, and behind it at least a line of it: the header alone is what people search for. */
static void look_at_private_key(struct scan *scan, const char *at)
{
    static const char begin[] = "-----BEGIN ";
    if ((size_t)(scan->end - at) < sizeof begin || strncmp(at, begin, sizeof begin - 1) != 0)
        return;
    const char *from = at + sizeof begin - 1, *limit = scan->end - from > TITLE_BYTES ? from + TITLE_BYTES : scan->end;
    const char *close = memmem(from, (size_t)(limit - from), "-----", 5);
    if (!close || !memmem(from, (size_t)(close - from), "PRIVATE KEY", 11))
        return;
    from = close + 5;
    const char *to = scan->end - from > KEY_LOOK_BYTES ? from + KEY_LOOK_BYTES : scan->end;
    const char *last = memmem(from, (size_t)(to - from), "-----END", 8);
    to = last ? last : to;
    while (from < to) {
        size_t size = run_of(scan, from, base64, KEY_RUN_BYTES);
        if (size >= KEY_RUN_BYTES) {
            scan_add(scan, (struct scan_value){at, from + size}, "a private key stands here", (struct scan_value){0});
            return;
        }
        from += size + 1;
    }
}

void scan_tokens(struct scan *scan)
{
    for (const char *at = scan->text; at < scan->end; at++) {
        bool is_inside = at > scan->text && is_name_byte(at[-1]);
        if (*at == '-' && (at == scan->text || at[-1] != '-'))
            look_at_private_key(scan, at);
        if (is_inside && *at != '$')
            continue;
        look_at_shapes(scan, at);
        if (*at == 'e')
            look_at_jwt(scan, at);
        if (*at == 'm')
            look_at_md5(scan, at);
    }
}
