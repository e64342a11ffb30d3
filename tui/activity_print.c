/* See activity_print.h. */
#include "tui/activity_print.h"

#include "store/text.h"
#include "tui/activity_words.h"
#include "tui/answer.h"

enum { LINE_COLUMNS = 80, NAME_COLUMNS = 16, USER_COLUMNS = 10, STEP = 2, HANG = 8, MOST_ALIKE = 8, MOST_AGAIN = 3 };

static bool is_whole(const struct printer *printer) { return printer_verbosity(printer) == PRINTER_VERBOSE; }

static const char *fitted(TALLOC_CTX *owner, const char *text, int columns)
{
    return text_fit(owner, text_sanitise(owner, text, strlen(text), TEXT_ONE_LINE), columns);
}

/* A line that is cut at the end of a narrow terminal, unless everything is wanted. */
static void print_line(struct printer *printer, enum printer_role role, int indent, const char *text)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *clean = text_sanitise(memory, text, strlen(text), TEXT_ONE_LINE);
    int room = LINE_COLUMNS - indent;
    if (!is_whole(printer) && text_width(clean) > room)
        clean = text_fit(memory, clean, room);
    printer_line(printer, role, "%*s%s", indent, "", clean);
    talloc_free(memory);
}

static void print_head(struct printer *printer, const struct activity *activity, const struct activity_session *session,
                       int indent)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    size_t behind = activity_behind(activity, session);
    const char *name = activity_name_text(memory, session);
    const char *user = activity_user_text(memory, session, activity->database);
    const char *held = behind ? talloc_asprintf(memory, "holds up %zu, ", behind) : "";
    const char *circle = activity->tree->in_circle[session - activity->sessions] ? "waits in a circle, " : "";
    char *line =
        talloc_asprintf(memory, "%-7lld %s %s %s%s%s", (long long)session->pid, fitted(memory, name, NAME_COLUMNS),
                        fitted(memory, user, USER_COLUMNS), circle, held, activity_state_text(memory, session));
    print_line(printer, behind ? ROLE_WARN : session->blocker_count ? ROLE_BAD : ROLE_PLAIN, indent, line);
    talloc_free(memory);
}

static bool is_idle(const struct activity_session *session)
{
    return session && session->state && strcmp(session->state, "idle") == 0;
}

static void print_session(struct printer *printer, const struct activity *activity,
                          const struct activity_session *session, int indent)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *wait = activity_wait_text(memory, session);
    const char *query = activity_query_line(memory, session->query);
    print_head(printer, activity, session, indent);
    if (wait)
        print_line(printer, ROLE_PLAIN, indent + HANG, wait);
    if (session->holder_count > 1 || (session->blocker_count > 1 && !session->holder_count))
        print_line(printer, ROLE_PLAIN, indent + HANG,
                   talloc_asprintf(memory, "blocked by %s", activity_blockers_text(memory, session)));
    if (session->progress)
        print_line(printer, ROLE_PLAIN, indent + HANG, activity_progress_text(memory, session->progress));
    if (query && (!is_idle(session) || is_whole(printer)))
        print_line(printer, ROLE_DIM, indent + HANG, query);
    talloc_free(memory);
}

static void print_prepared(struct printer *printer, const struct activity *activity, size_t place)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const struct activity_prepared *prepared = &activity->prepared[place];
    size_t behind = activity->tree->behind[activity->session_count + place];
    const char *held = behind ? talloc_asprintf(memory, "holds up %zu, ", behind) : "";
    bool is_here = strcmp(prepared->database, activity->database) == 0;
    print_line(printer, behind ? ROLE_WARN : ROLE_PLAIN, 0,
               talloc_asprintf(memory, "prepared transaction, %s%s ago, user %s%s%s: \"%s\"", held,
                               answer_duration(memory, prepared->age_ms), prepared->role, is_here ? "" : "@",
                               is_here ? "" : prepared->database, prepared->name));
    printer_line(printer, ROLE_DIM, "%*s%s", HANG, "", activity_prepared_way_out(memory, prepared));
    talloc_free(memory);
}

static void print_gone(struct printer *printer, int64_t pid)
{
    if (pid)
        printer_line(printer, ROLE_NOTE, "%-7lld ended while this was read", (long long)pid);
    else
        printer_line(printer, ROLE_NOTE, "a prepared transaction that ended while this was read");
}

static void print_row(struct printer *printer, const struct activity *activity, const struct blocking_row *row)
{
    size_t place;
    switch (activity_being(activity, row->node, &place)) {
    case ACTIVITY_SESSION:
        if (row->mention == BLOCKING_IN_FULL)
            print_session(printer, activity, &activity->sessions[place], row->depth * STEP);
        else
            printer_line(printer, ROLE_DIM, "%*s%-7lld stands above, too", row->depth * STEP, "",
                         (long long)activity->sessions[place].pid);
        break;
    case ACTIVITY_PREPARED:
        print_prepared(printer, activity, place);
        break;
    case ACTIVITY_GONE:
        print_gone(printer, activity->gone[place]);
        break;
    }
}

/* How many rows from `first` on are siblings that nobody waits for, all of them told in the same way. */
static size_t alike(const struct blocking_tree *tree, size_t first)
{
    size_t count = 0;
    for (size_t i = first; i < tree->count; i++, count++) {
        bool is_sibling =
            tree->rows[i].depth == tree->rows[first].depth && tree->rows[i].mention == tree->rows[first].mention;
        bool has_below = i + 1 < tree->count && tree->rows[i + 1].depth > tree->rows[i].depth;
        if (!is_sibling || has_below)
            break;
    }
    return count;
}

/* Of a long queue the first ones say enough. */
static void print_tree(struct printer *printer, const struct activity *activity)
{
    const struct blocking_tree *tree = activity->tree;
    for (size_t i = 0; i < tree->count;) {
        size_t run = alike(tree, i), most = tree->rows[i].mention == BLOCKING_AGAIN ? MOST_AGAIN : MOST_ALIKE;
        size_t shown = is_whole(printer) || run <= most + 1 ? run : most;
        size_t end = i + (run ? shown : 1);
        for (size_t k = i; k < end; k++)
            print_row(printer, activity, &tree->rows[k]);
        if (run > shown)
            printer_line(printer, ROLE_NOTE, "%*sand %zu more: --verbose has them all", tree->rows[i].depth * STEP, "",
                         run - shown);
        i += run ? run : 1;
    }
}

/* Those that neither block nor wait; of the idle ones, which come last, the first ones. */
static void print_others(struct printer *printer, const struct activity *activity)
{
    size_t printed = 0, idle = 0;
    for (size_t i = 0; i < activity->session_count + activity->prepared_count; i++) {
        size_t place;
        bool is_session = activity_being(activity, i, &place) == ACTIVITY_SESSION;
        const struct activity_session *session = is_session ? &activity->sessions[place] : NULL;
        if (activity->tree->behind[i] || (session && (session->blocker_count || session->is_own)))
            continue;
        if (is_idle(session) && ++idle > MOST_ALIKE && !is_whole(printer))
            continue;
        if (!printed++)
            printer_line(printer, ROLE_HEAD, "%s", activity->tree->count ? "Others" : "Sessions");
        if (session)
            print_session(printer, activity, session, 0);
        else
            print_prepared(printer, activity, place);
    }
    if (idle > MOST_ALIKE && !is_whole(printer))
        printer_line(printer, ROLE_NOTE, "and %zu idle more: --verbose has them all", idle - MOST_ALIKE);
}

void activity_print(struct printer *printer, const struct activity *activity)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    printer_line(printer, ROLE_PLAIN, "%s", activity_summary_text(memory, activity));
    if (activity->tree->count)
        printer_line(printer, ROLE_HEAD, "%s", "Who blocks whom");
    print_tree(printer, activity);
    print_others(printer, activity);
    talloc_free(memory);
}
