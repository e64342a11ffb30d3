/* See notes.h. A note begins at a lead word, bold ("**Intent.**"), with a colon ("Intent:") or as a heading, and ends
 * at the next lead or heading. What `new` wrote is no prose. */
#include "migrate/documentation/notes.h"

#include <ctype.h>
#include <strings.h>

#include "migrate/documentation/markdown.h"

enum { WORDS_LEAST = 3, WIDE_BYTES_LEAST = 18 /* six signs of a script that puts no blanks between words */ };

/* A line that begins a note. */
struct lead {
    enum { LEAD_NONE, LEAD_INTENT, LEAD_SAFETY, LEAD_OTHER } what;
    int level;        /* of a heading; 0: words in front of a paragraph */
    const char *rest; /* of the line */
};

static const char *const lead_words[] = {[LEAD_INTENT] = "intent", [LEAD_SAFETY] = "safety"};

static const char *skip(const char *at, const char *end, const char *set)
{
    while (at < end && strchr(set, *at))
        at++;
    return at;
}

/* "- ", "* ", "1. ", "> " in front of a paragraph. */
static const char *skip_marker(const char *at, const char *end)
{
    at = skip(at, end, " >");
    if (at + 1 < end && strchr("-*+", *at) && at[1] == ' ')
        at = skip(at + 1, end, " ");
    return at;
}

/* Behind the word: "notes", a full stop or a colon, the closing of what was opened. NULL: the word goes on. */
static const char *end_of_lead(const char *at, const char *end, bool is_marked)
{
    static const char *const more[] = {" notes", " note"};
    for (size_t i = 0; i < countof(more); i++)
        if ((size_t)(end - at) >= strlen(more[i]) && !strncasecmp(at, more[i], strlen(more[i]))) {
            at += strlen(more[i]);
            break;
        }
    const char *rest = skip(at, end, ".:*_ \t");
    if (rest < end && rest == at)
        return NULL;
    bool has_colon = memchr(at, ':', (size_t)(rest - at)) != NULL, is_closed = false;
    for (const char *mark = at; mark < rest; mark++)
        is_closed |= *mark == '*' || *mark == '_';
    return (is_marked ? is_closed : has_colon) ? rest : NULL;
}

/* "**Rollback.** ...": another paragraph with words in front. */
static bool is_other_lead(const char *at, const char *end)
{
    if (end - at < 5 || (strncmp(at, "**", 2) != 0 && strncmp(at, "__", 2) != 0))
        return false;
    const char *close = at + 2;
    while (close + 1 < end && !(close[0] == *at && close[1] == *at))
        close++;
    return close + 1 < end && close - at < 40 &&
           (strchr(".:", close[-1]) || (close + 2 < end && strchr(".:", close[2])));
}

static struct lead lead_of(const char *line, size_t size)
{
    const char *end = line + size, *at = line;
    int level = markdown_heading(line, size);
    at = level ? skip(at, end, " #") : skip_marker(at, end);
    const char *word = skip(at, end, "*_");
    for (int what = LEAD_INTENT; what <= LEAD_SAFETY; what++) {
        size_t length = strlen(lead_words[what]);
        if ((size_t)(end - word) < length || strncasecmp(word, lead_words[what], length) != 0)
            continue;
        const char *rest = word + length;
        if (!level)
            rest = end_of_lead(rest, end, word > at);
        else if (rest < end && isalnum((unsigned char)*rest))
            rest = NULL;
        if (rest)
            return (struct lead){what == LEAD_INTENT ? LEAD_INTENT : LEAD_SAFETY, level, level ? end : rest};
    }
    bool is_other = level || is_other_lead(at, end);
    return (struct lead){is_other ? LEAD_OTHER : LEAD_NONE, level, end};
}

/* ---- whether somebody wrote it ---- */

static bool is_placeholder(const char *words)
{
    static const char *const whole[] = {"none", "nothing", "n a", "na", "see above", "see below", "as above", "dito"};
    static const char *const beginnings[] = {"to"
                                             "do",
                                             "tb"
                                             "d",
                                             "tb"
                                             "a",
                                             "fix"
                                             "me",
                                             "xx"
                                             "x",
                                             "lorem ipsum",
                                             "placeholder",
                                             "to be written",
                                             "to be done",
                                             "to be determined",
                                             "write me",
                                             "fill in",
                                             "fill me",
                                             "coming soon",
                                             "work in progress",
                                             "wip",
                                             "describe here",
                                             "your text"};
    for (size_t i = 0; i < countof(whole); i++)
        if (!strcmp(words, whole[i]))
            return true;
    for (size_t i = 0; i < countof(beginnings); i++) {
        size_t length = strlen(beginnings[i]);
        if (!strncmp(words, beginnings[i], length) && (words[length] == ' ' || !words[length]))
            return true;
    }
    return false;
}

/* The title's own words, with its version or without. */
static bool repeats_title(TALLOC_CTX *memory, const char *words, const char *title)
{
    size_t count;
    const char *said = markdown_words(memory, title, strlen(title), &count);
    const char *behind = said + strspn(said, "0123456789");
    behind += strspn(behind, " ");
    size_t length = strlen(behind);
    if (length > 4 && !strcmp(behind + length - 4, " sql"))
        behind = talloc_strndup(memory, behind, length - 4);
    return *behind && (!strcmp(words, said) || !strcmp(words, behind));
}

static enum note_state state_of(TALLOC_CTX *memory, const char *prose, const char *title)
{
    size_t count, wide = 0;
    const char *words = markdown_words(memory, prose, strlen(prose), &count);
    for (const char *at = words; *at; at++)
        wide += (*at & 0x80) != 0;
    if (count == 0)
        return NOTE_EMPTY;
    if (is_placeholder(words))
        return NOTE_PLACEHOLDER;
    if (repeats_title(memory, words, title))
        return NOTE_TITLE;
    return count < WORDS_LEAST && wide < WIDE_BYTES_LEAST ? NOTE_SHORT : NOTE_WRITTEN;
}

/* ---- the entry ---- */

struct notes {
    struct documentation_entry *entry;
    struct documentation_note *note; /* that is being read, or NULL */
    int level;                       /* of its heading, or 0 */
    bool is_measured;                /* in the list that `new` wrote */
    char *prose;                     /* of the note; as much room as the body takes */
    size_t size_bytes;
};

static void end_note(struct notes *notes)
{
    if (notes->note) {
        TALLOC_CTX *memory = talloc_new(NULL);
        notes->prose[notes->size_bytes] = '\0';
        notes->note->state = state_of(memory, notes->prose, notes->entry->title);
        talloc_free(memory);
    }
    notes->note = NULL;
    notes->size_bytes = 0;
}

static void begin_note(struct notes *notes, const struct lead *lead, int line)
{
    struct documentation_note *note = lead->what == LEAD_INTENT ? &notes->entry->intent : &notes->entry->safety;
    end_note(notes);
    if (note->state == NOTE_WRITTEN)
        return; /* said already; what is said again may be as short as it likes */
    *note = (struct documentation_note){.line = line};
    notes->note = note;
    notes->level = lead->level;
    notes->is_measured = false;
}

/* The list stands as long as items follow, or what is indented below one. */
static bool is_of_list(const char *line, size_t size)
{
    return size == 0 || !strncmp(line, "- ", 2) || !strncmp(line, "  ", 2) || *line == '\r';
}

static void take_line(struct notes *notes, const char *text, const char *line, size_t size)
{
    if (!strncmp(line, DOCUMENTATION_MEASURED, strlen(DOCUMENTATION_MEASURED)))
        notes->is_measured = true;
    else if (!notes->is_measured || !is_of_list(line, size))
        notes->is_measured = false;
    if (!notes->note || notes->is_measured)
        return;
    size_t length = (size_t)(line + size - text);
    memcpy(notes->prose + notes->size_bytes, text, length);
    notes->size_bytes += length;
    notes->prose[notes->size_bytes++] = '\n';
}

void notes_read(TALLOC_CTX *owner, struct documentation_entry *entry)
{
    struct notes notes = {.entry = entry};
    char *body = markdown_blank(owner, entry->body);
    int number = entry->line + 1;
    notes.prose = talloc_size(body, strlen(body) + 2);
    if (!notes.prose)
        abort();
    for (const char *line = body; *line; number++) {
        size_t size = strcspn(line, "\n");
        const struct lead lead = lead_of(line, size);
        if (lead.what == LEAD_INTENT || lead.what == LEAD_SAFETY) {
            begin_note(&notes, &lead, number);
            take_line(&notes, lead.rest, line, size);
        } else if (lead.what == LEAD_OTHER && !(notes.level && lead.level > notes.level) &&
                   !(notes.level && !lead.level)) {
            end_note(&notes);
        } else {
            take_line(&notes, line, line, size);
        }
        line += size + (line[size] ? 1 : 0);
    }
    end_note(&notes);
    talloc_free(body);
}
